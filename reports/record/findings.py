"""Failures with one cause are one finding: the same requirement, or the same difference in normal form."""

import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set

from reports.places import JUDGE
from reports.record.model import Case, Difference, Finding
from reports.record.status import broken_requirements
from suites.spec.catalogue import Catalogue
from suites.spec.rests import RESTS_ON, SET_BY, SHOWN_IN, bases_of

STRENGTHS = "MDO"
"""Obligations, the strongest first."""
LONGEST = 48
"""Characters of a quoted text that the normal form keeps: a longer one holds a payload, which is no cause."""
MANY = 6
"""Requirements of one case from which on the case says nothing of a single requirement: it is a walk."""
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_QUOTES = re.compile(r"""^b?['"]|['"]$""")
_BYTES = re.compile(r"""\bb(['"]).*?(?:\1(?!\w)|$)""")
_ABSTRACT = (
    (re.compile(r"\b(?:peer|listener|udp)\d+(?:-\d+)?\b"), "<peer>"),
    (re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"), "<mac>"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}:\d+\b"), "<address>:<port>"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "<address>"),
    (re.compile(r"(?<![\w\\<])-?\d+(?:\.\d+)?(?: ?(?:ms|s|us|seconds?)\b)"), "<time>"),
    (re.compile(r"(?<![\w\\<])\d+(?:\.\d+)?"), "<n>"),
)
_SAID = re.compile(r"^(?P<key>expected|got): +(?P<text>.*)$", re.MULTILINE)


def normal_form(expected: str, got: str) -> str:
    """The difference without what varies from case to case: numbers, addresses, ports, MACs, times, payloads."""
    return " | ".join(_abstract(one.partition("\n")[0]) for one in (expected, got))


def _abstract(text: str) -> str:
    text = _QUOTED.sub(_shorten, _BYTES.sub('"<bytes>"', text))
    for pattern, word in _ABSTRACT:
        text = pattern.sub(word, text)
    return text


def _shorten(match: re.Match[str]) -> str:
    return match[0] if len(match[1]) <= LONGEST else '"<bytes>"'


def differences_of(case: Case) -> list[Difference]:
    """What the case was charged with; read from its message where the test system tells nothing better."""
    named = {one["requirement"] for one in case["differences"]}
    rest = [one for one in broken_requirements(case) if one not in named]
    return [*case["differences"], *(_read_difference(one, case["message"]) for one in rest)]


def _read_difference(requirement: str, message: str) -> Difference:
    said = {one["key"]: one["text"] for one in _SAID.finditer(message)}
    got = said.get("got", "") if said else message.partition("\n")[0]
    expected = said.get("expected", "")
    return Difference(requirement=requirement, expected=expected, got=got, normal=normal_form(expected, got))


def charged(cases: Iterable[Case]) -> dict[tuple[str, str], Difference]:
    """What the ``cases`` charge, by requirement and normal form: each breach, whatever cause it is listed under."""
    failed = [one for one in cases if one["verdict"] == "fail"]
    return {(one["requirement"], one["normal"]): one for case in failed for one in differences_of(case)}


Failure = tuple[Case, Difference]
SIMPLE_FIRST = ("framing", "settings", "data", "multi_accept", "single_server", "client", "udp", "network")
"""Areas in the order in which they rest on each other; those that are not named come after them."""
WHOLE = ("http",)
"""Areas whose cases use the whole module at once: their failures mostly have a cause in another area."""
FOUNDATION = 20
"""Requirements masked by a finding that is listed before all others, whatever its obligation."""
CLOSE = 0.8
"""Share of the best score that a requirement of a simpler area needs to be the lead."""
BASE = 0.3
"""Share of the lead's score that a requirement on which the lead rests needs to be the lead instead."""
SELECTION = ("SE-P0", "SE-P0-SHOW")
"""The requirements on which every case rests that selects another socket than 0, the base first."""
SEVERAL = "SK-"
"""How the requirements of several sockets at a time begin."""
OFTEN = 5
"""Failures of a requirement in its own cases that tell more than a few failures of a requirement that always fails."""
FAR = 2
"""How many times more often a setting fails than what it governs, where the second follows from the first."""
MOSTLY = 0.4
"""Score from which on a requirement fails in so many of its cases that no other case can rely on it."""
ALWAYS = 0.9
"""Score from which on a requirement fails in all of its cases: nothing else can rely on its command."""
MINOR = 5
"""How many times more cases show such a requirement than show what may follow from it."""
KNOWN = 5
"""Failures that are charged to a step from which on the step counts as broken."""
FEW = 0.2
"""Share of a requirement's failures at one step below which they say nothing of the requirement."""
TELLING = re.compile(r"[A-Z]\w?\?|R0|S0|S3|P0")
"""Commands whose answer says what a case is about to judge; other commands only set something."""
_SENT = re.compile(r"^ *\d+\.\d+ host +> module +(?P<command>\S+)")
_SELECTS = re.compile(r"^ *(?P<at>\d+\.\d+) host +> module +P0=[1-9]")
_AT = re.compile(r"^ *(?P<at>\d+\.\d+) \w+ +[*>] ", re.MULTILINE)
USUAL = re.compile(
    r"""|none|None|<n>|<time>|no|a connection|"<bytes>".*|only <n>|\[\]"""
    r"""|"?\\r\\n(?:\\r\\n)?(?:(?:OK|ERROR(?:(?!Usage)[^"])*)\\r\\n)?> "?"""
)
"""Texts of "got" that identify no cause: two different causes may both show just this."""


def findings_of(cases: Sequence[Case], catalogue: Catalogue) -> list[Finding]:
    """The findings of a run: foundations first, then the mandatory ones, the simplest areas before others.

    A difference that shows under several requirements has one cause. It is listed under the requirement that it suits
    best (:func:`suits`); the others are masked by that one. Requirements that the case charges stay as they are there.
    """
    failures = [(case, one) for case in cases if case["verdict"] == "fail" for one in differences_of(case)]
    left = _under_their_steps(failures)
    score = suits(cases)
    groups: list[list[Failure]] = []
    while left:
        first = max((one["requirement"] for _, one in left), key=lambda key: (score.get(key, 0.0), key))
        marks = {mark for _, one in left if one["requirement"] == first for mark in _marks(one)}
        mine = [(case, one) for case, one in left if one["requirement"] == first or marks & set(_marks(one))]
        left = [one for one in left if one not in mine]
        groups.append(mine)
    kept = {key for case in cases if case["verdict"] == "pass" for key in case["decided"]}
    led = [(_lead(mine, score, kept, catalogue), mine) for mine in _with_whole(groups)]
    ended = [case for case in cases if case["verdict"] == "inconclusive" and case["masked_by"]]
    found = [_finding(lead, mine, ended, catalogue) for lead, mine in _on_their_bases(led, score, catalogue)]
    found.sort(key=lambda one: _weight(one, _place(one["requirement"], catalogue)))
    return [Finding(**{**one, "id": f"F{number}"}) for number, one in enumerate(found, 1)]


def _under_their_steps(failures: Sequence[Failure]) -> list[Failure]:
    """The failures; one that a broken step explains is charged to this step.

    The judge charges a case's own requirement until it knows that the step at which the case failed is broken. Here
    the whole run is known. A requirement that mostly fails at this step keeps its failures.
    """
    known = Counter(one["requirement"] for _, one in failures if one["requirement"] in _steps_of(one))
    all_of = Counter(one["requirement"] for _, one in failures)
    at_steps = Counter((one["requirement"], one.get("step", "")) for _, one in failures)

    def charged(failure: Failure) -> Failure:
        case, one = failure
        key, steps = one["requirement"], _steps_of(one)
        base = next((step for step in reversed(steps) if known[step] >= KNOWN), key)
        own = key in case["requirements"]
        inherited = not own and any(key in bases_of(about) for about in case["requirements"])
        few = own and at_steps[key, one.get("step", "")] < FEW * all_of[key]
        return (case, {**one, "requirement": base}) if key not in steps and (inherited or few) else failure

    return [charged(one) for one in failures]


def _steps_of(one: Difference) -> list[str]:
    """The step at which the case failed and all on which the step rests, the nearest first; none for a check."""
    step = one.get("step", "")
    return [step, *bases_of(step)] if step else []


def _marks(one: Difference) -> list[str]:
    """By what a difference is known again: all of it, and what came where that is unusual."""
    got = one["normal"].rpartition(" | ")[2]
    return [one["normal"], *([] if USUAL.fullmatch(got) else [_QUOTES.sub("", got)])]


def _with_whole(groups: list[list[Failure]]) -> list[list[Failure]]:
    """The groups, those that only walks and cases of the whole module show added to the largest of the others."""
    plain = [one for one in groups if not all(map(_is_whole, one))]
    rest = [failure for one in groups if all(map(_is_whole, one)) for failure in one]
    if not plain:
        return groups
    largest = max(plain, key=len)
    return [one + rest if one is largest else one for one in plain]


Led = list[tuple[str, list[Failure]]]
"""Groups, each with the requirement under which the reports list it."""


def _on_their_bases(led: Led, score: dict[str, float], catalogue: Catalogue) -> Led:
    """The groups, each that rests on the lead of another added to that one."""
    leads = {lead for lead, _ in led}
    under: dict[str, str] = {}
    for lead, mine in led:
        on = [*reversed(bases_of(lead)), *_selections(lead, mine, score), *_failing_steps(lead, mine, score)]
        on += _spoilt_by(lead, mine, led, score, catalogue)
        far = FAR * score.get(lead, 0.0)
        on += [one for one in SET_BY.get(lead, ()) if score.get(one, 0.0) > far or _has_masked(one, lead, led, mine)]
        under[lead] = next((one for one in on if one in leads and lead not in _chain(one, under)), lead)
    whole: dict[str, list[Failure]] = {}
    for lead, mine in led:
        whole.setdefault(_chain(lead, under)[-1], []).extend(mine)
    return list(whole.items())


def _has_masked(setting: str, governed: str, led: Led, shown: Sequence[Failure]) -> bool:
    """True where cases about ``governed`` have failed, and were found to have failed for the ``setting``.

    The others are ``shown``. Where there are many of them, their cause is another one: the setting was right there.
    """
    masked = [case["masked"] for _, others in led for case, _ in others if case["masked_by"] == setting]
    return 0 < len(shown) <= MINOR * sum(governed in one for one in masked)


def _spoilt_by(
    lead: str, shown: Sequence[Failure], led: Led, score: dict[str, float], catalogue: Catalogue
) -> list[str]:
    """The leads that are as simple, and always fail, and whose answer all of these few cases have used."""
    found = []
    for one, others in led:
        entry = catalogue.requirements.get(one)
        commands = tuple(filter(TELLING.fullmatch, entry.commands)) if entry else ()
        simple = one != lead and _place(one, catalogue) <= _place(lead, catalogue)
        always = score.get(one, 0.0) >= ALWAYS and len(others) >= MINOR * len(shown)
        if simple and always and all(_sends(case, commands) for case, _ in shown):
            found.append(one)
    return found


def _sends(case: Case, commands: tuple[str, ...]) -> bool:
    """True where the transcript of ``case`` has one of the ``commands``."""
    sent = (_SENT.match(line) for line in case["transcript"])
    return any(one and one["command"].startswith(commands) for one in sent)


def _chain(lead: str, under: Mapping[str, str]) -> list[str]:
    """``lead``, the lead that it rests on, the one that this rests on, and so on."""
    chain = [lead]
    while (deeper := under.get(chain[-1], chain[-1])) != chain[-1]:
        chain.append(deeper)
    return chain


def _failing_steps(lead: str, shown: Sequence[Failure], score: dict[str, float]) -> list[str]:
    """The steps at which all of these cases failed, and that go wrong by themselves often enough to explain them."""
    steps = [one.get("step", "") for _, one in shown if one["requirement"] == lead]
    common = set.intersection(*({step, *bases_of(step)} for step in steps)) - {"", *_resting_on(lead)}
    return sorted(one for one in common if score.get(one, 0.0) >= BASE * score.get(lead, 0.0))


def _resting_on(base: str) -> list[str]:
    return [one for one in RESTS_ON if base in bases_of(one)]


def _selections(lead: str, shown: Sequence[Failure], score: dict[str, float]) -> list[str]:
    """The requirements of P0, and of several sockets, that fail in most cases, where all of these cases select one.

    What a case saw of another socket than 0 says nothing where the sockets are not kept apart.
    """
    if lead in SELECTION or not all(_selects(case) for case, _ in shown):
        return []
    several = [] if lead.startswith(SEVERAL) else [one for one in sorted(score) if one.startswith(SEVERAL)]
    return [one for one in (*SELECTION, *several) if score.get(one, 0.0) >= MOSTLY]


def _selects(case: Case) -> bool:
    """True where ``case`` had selected another socket than 0 before it failed: what it saw may be socket 0's."""
    ends = [float(one["at"]) for one in _AT.finditer(case["message"])]
    sent = (_SELECTS.match(line) for line in case["transcript"])
    return any(one and float(one["at"]) <= max(ends, default=0.0) for one in sent)


def _is_whole(failure: Failure) -> bool:
    case, _ = failure
    return case["area"] in WHOLE or len(case["requirements"]) > MANY


def _lead(shown: Sequence[Failure], score: dict[str, float], kept: Set[str], catalogue: Catalogue) -> str:
    """The requirement under which a group is listed: of those that suit it well, the one of the simplest area."""
    keys = list(dict.fromkeys(one["requirement"] for failure in shown if not _is_whole(failure) for one in failure[1:]))
    keys = keys or list(dict.fromkeys(one["requirement"] for _, one in shown))
    best = max(score.get(key, 0.0) for key in keys)
    good = [key for key in keys if score.get(key, 0.0) >= CLOSE * best]
    lead = min(good, key=lambda key: (_place(key, catalogue), -score.get(key, 0.0)))
    most = max(keys, key=lambda key: _own(key, shown))
    own = _own(most, shown)
    if own >= max(OFTEN, MINOR * _own(lead, shown)) and (own >= MOSTLY * len(shown) or lead in kept):
        lead = most
    enough = BASE * score.get(lead, 0.0)
    sure = [one for one in keys if score.get(one, 0.0) >= enough or _own(one, shown, lead) >= _own(lead, shown) > 0]
    lead = next((one for one in reversed(bases_of(lead)) if one in sure), lead)
    return next((one for one in SHOWN_IN.get(lead, ()) if one in keys), lead)


def _own(key: str, shown: Sequence[Failure], besides: str = "") -> int:
    """How many cases about ``key`` charge ``key``; those that are about ``besides`` too are left out."""
    charging = [case["requirements"] for case, one in shown if one["requirement"] == key]
    return sum(key in about and besides not in about for about in charging)


def _place(key: str, catalogue: Catalogue) -> int:
    entry = catalogue.requirements.get(key)
    area = entry.area if entry else ""
    return SIMPLE_FIRST.index(area) if area in SIMPLE_FIRST else len(SIMPLE_FIRST)


def suits(cases: Sequence[Case]) -> dict[str, float]:
    """For each requirement how well it accounts for the failures: 1 where all of many cases about it failed, 0 none.

    Of the requirements under which a fault shows, it is mostly the one that the fault breaks of which all cases fail;
    of the others it is some. Cases about many requirements at once (walks) tell nothing of a single one.
    """
    judged: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for case in cases:
        if case["verdict"] not in ("pass", "fail") or len(case["requirements"]) > MANY:
            continue
        judged.update(case["requirements"])
        failed.update({*case["requirements"], *case["broken"]} if case["verdict"] == "fail" else ())
    return {key: count / (max(judged[key], count) + 1) for key, count in failed.items()}


def _weight(one: Finding, place: int) -> tuple[bool, int, int, int, int]:
    """Foundations first, then the strongest, the simplest area, what masks the most, what most cases show."""
    strength = STRENGTHS.find(one["obligation"] or "O")
    return len(one["masks"]) < FOUNDATION, strength, place, -len(one["masks"]), -len(one["cases"])


def _finding(lead: str, shown: Sequence[Failure], ended: Sequence[Case], catalogue: Catalogue) -> Finding:
    entry = catalogue.requirements.get(lead)
    own = [(case, one) for case, one in shown if one["requirement"] == lead]
    example, difference = min(own, key=lambda one: (len(one[0]["transcript"]), one[0]["duration_s"]))
    return Finding(
        id="",
        requirement=lead,
        obligation=entry.obligation if entry else "",
        statement=entry.statement if entry else "(not in the catalogue)",
        sources=[str(one) for one in entry.sources] if entry else [],
        normal=difference["normal"],
        expected=difference["expected"],
        got=difference["got"],
        cases=list(dict.fromkeys(case["id"] for case, _ in shown)),
        rigs=list(dict.fromkeys(case["rig"] for case, _ in shown)),
        masks=_masked_by(lead, shown, ended),
        example=example["id"],
        command=f"{JUDGE} {shlex.quote(example['id'])}",
    )


def _masked_by(lead: str, shown: Sequence[Failure], ended: Iterable[Case]) -> list[str]:
    """What the cases could not decide, what else they were charged with, what cases that ``ended`` early are about."""
    charges = {one["requirement"] for _, one in shown}
    others = [
        one
        for case, difference in shown
        for one in (
            difference["requirement"],
            *(case["masked"] if case["masked_by"] == difference["requirement"] else ()),
        )
    ]
    others += [one for case in ended if case["masked_by"] in charges for one in case["masked"]]
    return [one for one in dict.fromkeys(others) if one != lead]
