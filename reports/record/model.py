"""The shapes of a run's data: plain JSON types, the same on the wire, in the journal and in the record.

``run-record.schema.json`` says the same for readers in other languages and is what the checks use; a test holds
the two together.
"""

from typing import Any, Literal, NotRequired, TypedDict

Verdict = Literal["pass", "fail", "inconclusive", "not_applicable", "observed", "error"]
Blame = Literal["module", "peer", "network", "rig", "harness"]
VERDICTS: tuple[Verdict, ...] = ("pass", "fail", "inconclusive", "observed", "not_applicable", "error")
BLAMES: tuple[Blame, ...] = ("module", "peer", "network", "rig", "harness")

OBLIGATION_NAMES = {"M": "mandatory", "D": "documented", "O": "observed only"}
CUT_OFF = "cut off: the run ended while this case was running"
"""The message of an attempt that ended with its run."""


class Observation(TypedDict):
    """What a module did where the documents leave it open."""

    requirement: str
    what: str
    value: str


class Attempt(TypedDict):
    """A try of a case that was not its last. The transcript is kept where nothing else has it."""

    verdict: Verdict
    blame: Blame | None
    message: str
    duration_s: float
    transcript: NotRequired[list[str]]


class Difference(TypedDict):
    """What was expected of a requirement and what came; ``normal``: both without what varies from case to case.

    ``step``: the id of the plain move at which the case failed; "" where it was a check of the case itself.
    """

    requirement: str
    expected: str
    got: str
    normal: str
    step: NotRequired[str]


class Recovery(TypedDict):
    """One rung of the recovery ladder that was climbed, in ``seconds``."""

    rung: str
    seconds: float
    helped: bool


class LineQuality(TypedDict):
    """What the proofs of the serial line have shown: ``bytes`` that came, garbled answers among them.

    A line that garbles more than one byte in ``bound`` cannot judge data.
    """

    bytes: int
    garbled: int
    bound: int


class CaseAccount(TypedDict):
    """What the time of a case went for; its parts are seconds, and their sum its duration.

    ``commands`` sent, ``restoring``: those that only brought the known state back; ``bytes`` on the line, both ways.
    ``module_s``: until the module had answered. ``protocol_s``: notices, silence, peers, and the waits of R2 and S2.
    ``line_s``: the bytes at the line's rate, 0 where the line takes no time. ``ours_s``: all the rest.
    """

    commands: int
    restoring: int
    bytes: int
    module_s: float
    protocol_s: float
    line_s: float
    ours_s: float


class Case(TypedDict):
    """One case that ran to its end, with its verdict. ``attempts`` counts those of ``earlier`` and the last.

    ``decided``: ids whose check the case reached. ``broken``: ids that it charges, among them those of a step on its
    way. ``masked``: ids of its own that it could not decide, because of a breach of ``masked_by``.
    """

    id: str
    rig: str
    title: str
    area: str
    requirements: list[str]
    obligation: str
    verdict: Verdict
    blame: Blame | None
    message: str
    decided: list[str]
    broken: list[str]
    masked: list[str]
    masked_by: str | None
    differences: list[Difference]
    observations: list[Observation]
    started: str
    duration_s: float
    transcript: list[str]
    transcript_sha256: NotRequired[str]
    attempts: int
    earlier: list[Attempt]
    recoveries: list[Recovery]
    line: NotRequired[LineQuality]
    account: NotRequired[CaseAccount]


class Probe(TypedDict):
    """One line of the comparison between the profile's declarations and the module's behaviour."""

    what: str
    declared: Any
    found: Any
    fits: bool


class Run(TypedDict, total=False):
    """The module that was judged, its rig, its profile, and the time of the start."""

    rig: dict[str, Any]
    module: dict[str, str]
    profile: dict[str, Any]
    probe: list[Probe]
    started: str


class RigRun(TypedDict):
    """One rig of the run, with what was judged on it."""

    name: str
    rig: dict[str, Any]
    module: dict[str, str]
    profile: dict[str, Any]
    probe: list[Probe]


class Unfinished(TypedDict):
    """A case that began on ``rig`` and has no verdict; the transcript as far as it went."""

    id: str
    rig: str
    transcript: list[str]


class Problem(TypedDict):
    """A problem of the run as a whole. ``blame`` is one of BLAMES, or ``usage``."""

    blame: str
    message: str


class Resumption(TypedDict):
    """A resumption of the run: when, how many finished cases were taken over, and which cases had been cut off."""

    at: str
    taken_over: int
    cut_off: list[str]
    problems: list[Problem]


class Status(TypedDict):
    """The exit status of the run: number, name (of ``reports.record.status.ExitStatus``) and meaning."""

    code: int
    name: str
    meaning: str


class AreaSummary(TypedDict):
    """An area in numbers: requirements in the catalogue, how many of them were decided, cases by verdict."""

    area: str
    title: str
    requirements: int
    decided: int
    verdicts: dict[str, int]


class BrokenRequirement(TypedDict):
    """A requirement that at least one case proved broken."""

    id: str
    statement: str
    obligation: str
    sources: list[str]
    cases: list[str]
    rigs: list[str]


class Finding(TypedDict):
    """Failures with one cause: the same ``requirement`` and the same difference in normal form.

    ``masks``: requirements that could not be decided because of it. ``example``: the id of the smallest and fastest
    case that shows it; ``command`` runs just that case; ``expected`` and ``got`` are that case's.
    """

    id: str
    requirement: str
    obligation: str
    statement: str
    sources: list[str]
    normal: str
    expected: str
    got: str
    cases: list[str]
    rigs: list[str]
    masks: list[str]
    example: str
    command: str


RequirementOutcome = Literal["kept", "broken", "masked", "not_tested", "observed", "not_applicable"]


class RequirementState(TypedDict):
    """What the run says of one requirement of the catalogue; ``cases`` is the number of cases that name it.

    ``reason``: why it is not tested or not applicable, else "".
    """

    id: str
    area: str
    obligation: str
    outcome: RequirementOutcome
    masked_by: list[str]
    reason: str
    cases: int


class Outcome(TypedDict):
    """The run in one word and one sentence.

    ``planned`` and ``judged`` count cases that apply to the module; ``binding`` counts the requirements that bind it
    and that a case could decide, ``undecided`` those of them of which the run says nothing.
    """

    word: str
    sentence: str
    planned: int
    judged: int
    binding: int
    undecided: int


class ObservedValues(TypedDict):
    """What was observed of one thing: each value with the number of cases that saw it.

    ``readings`` are those that the catalogue knows, where the documents contradict each other.
    """

    requirement: str
    what: str
    readings: list[str]
    values: dict[str, int]


class RungCount(TypedDict):
    """How often a rung of the recovery ladder was climbed, how often it helped, and the seconds in all."""

    rung: str
    tried: int
    helped: int
    seconds: float


class Summary(TypedDict):
    """The run in numbers. ``retried`` are cases that were tried more than once."""

    verdicts: dict[str, int]
    outcome: Outcome
    areas: list[AreaSummary]
    findings: list[Finding]
    broken: list[BrokenRequirement]
    requirements: list[RequirementState]
    observed: list[ObservedValues]
    retried: int
    recoveries: list[RungCount]
    line: NotRequired[LineQuality]


class Record(TypedDict):
    """A whole run: the document ``run.json``. On several rigs, rig, module, profile and probe are the first one's."""

    schema: str
    rig: dict[str, Any]
    module: dict[str, str]
    profile: dict[str, Any]
    probe: list[Probe]
    rigs: list[RigRun]
    started: str
    finished: str | None
    resumed: list[Resumption]
    status: Status
    summary: Summary
    problems: list[Problem]
    planned: list[str]
    unfinished: list[Unfinished]
    cases: list[Case]
    comment: NotRequired[str]
    suite: NotRequired[dict[str, str]]
    host: NotRequired[dict[str, str]]
    sha256: NotRequired[str]
