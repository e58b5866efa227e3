"""The shapes in which a run is told: plain JSON types, the same on the wire, in the journal and in the record.

``run-record.schema.json`` says the same for readers in other languages and is what the checks use; a test holds
the two together.
"""

from typing import Any, Literal, NotRequired, TypedDict

Verdict = Literal["pass", "fail", "inconclusive", "not_applicable", "observed", "error"]
Blame = Literal["module", "peer", "network", "rig", "harness"]
VERDICTS: tuple[Verdict, ...] = ("pass", "fail", "inconclusive", "observed", "not_applicable", "error")
BLAMES: tuple[Blame, ...] = ("module", "peer", "network", "rig", "harness")

OBLIGATION_NAMES = {"M": "mandatory", "D": "documented", "O": "observed only"}


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


class Recovery(TypedDict):
    """One rung of the recovery ladder that was climbed, in ``seconds``."""

    rung: str
    seconds: float
    helped: bool


class Case(TypedDict):
    """One case that ran to its end, with its verdict. ``attempts`` counts those of ``earlier`` and the last."""

    id: str
    rig: str
    title: str
    area: str
    requirements: list[str]
    obligation: str
    verdict: Verdict
    blame: Blame | None
    message: str
    broken: list[str]
    observations: list[Observation]
    started: str
    duration_s: float
    transcript: list[str]
    attempts: int
    earlier: list[Attempt]
    recoveries: list[Recovery]


class Probe(TypedDict):
    """One line of the comparison of what the profile declares with what the module turned out to do."""

    what: str
    declared: Any
    found: Any
    fits: bool


class Run(TypedDict, total=False):
    """What was judged, by what, since when."""

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
    """The run was gone on with: when, with how many finished cases, and which ones had been cut off."""

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
    areas: list[AreaSummary]
    broken: list[BrokenRequirement]
    observed: list[ObservedValues]
    retried: int
    recoveries: list[RungCount]


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
