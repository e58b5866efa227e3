"""Runs for the tests of the renderings, made of the real catalogue."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

from reports.record.model import Case, Record, Run
from reports.record.record import build_record
from reports.record.status import ExitStatus, decide
from suites.spec.catalogue import Catalogue, Requirement, load_catalogue
from tests.reports.conftest import make_case

BEGUN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
HOSTILE = (
    '</script><img src=x onerror="alert(1)"><!-- \x1b[31mred\x1b[0m \u202egnp\u2066 \x00 | `c` [l](//e.x) ]]> &lt;'
)
CATALOGUE: Catalogue = load_catalogue()
WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
"""Ten causes that nobody takes for one."""


def run_on(rig: str, **module: str) -> Run:
    identity = {"product": "ISM43362-M3G-L44", "firmware": "C3.5.2.5", "address": "192.168.10.20", **module}
    return Run(
        rig={"name": rig, "line": "/dev/ttyUSB0"},
        module=identity,
        profile={"name": "web", "capabilities": ["human_mode", "keepalive", "multi_accept", "udp"]},
        probe=[{"what": "fields of P?", "declared": "12", "found": "10", "fits": False}],
        started=BEGUN.isoformat(timespec="milliseconds"),
    )


def transcript(number: int, lines: int = 6) -> list[str]:
    """Two sides of a case, with a client, a notice and a loss."""
    at = 0.5 + number * 0.02
    entries = [
        f"{at:12.6f} host      * case test_{number}: MA-NOTICE",
        f"{at + 0.0011:12.6f} host      > module    P2={10000 + number}\\r",
        f"{at + 0.0013:12.6f} module    > host      \\r\\n\\r\\nOK\\r\\n> ",
        f"{at + 0.0015:12.6f} module    > host      \\r\\n[TCP SVR] Waiting on connection \\xe2\\x80\\xa6\\r\\n",
        f"{at + 0.0020:12.6f} peer1     * connected from 127.0.0.1:{20000 + number} to 127.0.0.1:5024",
        f"{at + 0.0090:12.6f} module    > host      \\r\\n[TCP SVR] Accepted 127.0.0.1:{20000 + number}\\r\\n> ",
        f"{at + 0.0095:12.6f} peer1     > module    {''.join(chr(97 + (number + i) % 26) for i in range(90))}",
        f"{at + 0.4090:12.6f} peer1     * reset (RST)",
    ]
    for i in range(lines):
        entries.append(f"{at + 0.41 + i / 100:12.6f} host      > module    R0\\r")
        entries.append(
            f"{at + 0.411 + i / 100:12.6f} module    > host      \\r\\n-1\\r\\nERROR: {number * 7919 + i}\\r\\n> "
        )
    return entries


def case_of(one: Requirement, number: int, rig: str, **more) -> Case:
    name = one.id.lower().replace("-", "_")
    return make_case(
        id=f"suites/{one.area}/test_{one.area}.py::test_{name}[{number}]",
        rig=rig,
        title=f"{name.replace('_', ' ')} [{number}]",
        area=one.area,
        requirements=[one.id],
        obligation=one.obligation,
        verdict="observed" if one.obligation == "O" else "pass",
        started=(BEGUN + timedelta(seconds=number * 0.02)).isoformat(timespec="milliseconds"),
        duration_s=0.02 + number % 7 / 100,
        transcript=transcript(number),
        decided=[one.id],
        masked=[],
        masked_by=None,
        differences=[],
        **more,
    )


def failing(case: Case, expected: str, got: str) -> Case:
    """The same case, with its requirement broken at the last line of the module."""
    (key,) = case["requirements"]
    tail = "\n".join(f"  {line.strip()}" for line in case["transcript"][-4:])
    text = f"{key} (mandatory): the statement\nexpected: {expected}\ngot:      {got}\ntranscript (its end):\n{tail}"
    difference = {"requirement": key, "expected": expected, "got": got, "normal": f"{expected} / {got}"}
    return {**case, "verdict": "fail", "blame": "module", "message": text, "broken": [key], "differences": [difference]}


def with_cases() -> list[Requirement]:
    return [one for one in CATALOGUE.requirements.values() if not one.untested]


def cases(number: int, rig: str = "bench 1") -> Iterator[Case]:
    known = with_cases()
    for i in range(number):
        yield case_of(known[i % len(known)], i, rig)


def record_of(recorded: list[Case], *runs: Run, finished: bool = True, **more) -> Record:
    status = decide(recorded, more.get("problems", ()), also=more.pop("also", ()))
    planned = more.pop("planned", list(dict.fromkeys(one["id"] for one in recorded)))
    return build_record(
        list(runs) or [run_on("bench 1")],
        recorded,
        CATALOGUE,
        status=status,
        started=BEGUN.isoformat(timespec="milliseconds"),
        finished=(BEGUN + timedelta(minutes=9)).isoformat(timespec="milliseconds") if finished else None,
        planned=planned,
        **more,
    )


@cache
def conforming() -> Record:
    made = list(cases(600))
    made[0]["observations"] = [{"requirement": "MA-NOTICE", "what": "port in the notice", "value": "client"}]
    return record_of(made)


@cache
def ten_faults() -> Record:
    made = list(cases(600))
    binding = [i for i, one in enumerate(made) if one["obligation"] in "MD"][:40:4]
    for word, i in zip(WORDS, binding, strict=True):
        made[i] = failing(made[i], f'"\\r\\n{word}\\r\\nOK\\r\\n> "', f'"\\r\\n{word}\\r\\nERROR: {word}\\r\\n> "')
    key = made[binding[0]]["requirements"][0]
    last = made[-1]
    made[-1] = {**last, "verdict": "inconclusive", "decided": [], "masked": last["requirements"], "masked_by": key,
                "message": "not run: a foundation is broken"}  # fmt: skip
    made[-2] = {**made[-2], "verdict": "error", "blame": "rig", "message": "the port is gone", "decided": []}
    return record_of(made)


@cache
def twenty_findings() -> Record:
    """A module that breaks a lot, judged by all cases: its report is the longest on paper."""
    made = list(cases(1454))
    binding = [i for i, one in enumerate(made) if one["obligation"] in "MD"]
    for n in range(20):
        i = binding[n * 9]
        text = f"{WORDS[n % 10]} {WORDS[n // 2]}"
        made[i] = failing(made[i], f'"\\r\\n{text}\\r\\nOK\\r\\n> "', f'"\\r\\n{text}\\r\\nERROR: {text}\\r\\n> "')
    return record_of(made)


@cache
def killed() -> Record:
    """A run that was killed after 206 of 1,454 cases."""
    made = list(cases(206))
    planned = [one["id"] for one in cases(1454)]
    return record_of(
        made,
        finished=False,
        planned=planned,
        also=[ExitStatus.HARNESS],
        problems=[{"blame": "harness", "message": f"the run was cut off while {planned[206]} was running"}],
        unfinished=[{"id": planned[206], "rig": "bench 1", "transcript": transcript(206)}],
    )


@cache
def two_rigs() -> Record:
    first, second = list(cases(300, "bench 1")), list(cases(300, "bench 2"))
    for i in (3, 40):
        second[i] = failing(second[i], "the client's port", "the local port")
    return record_of([*first, *second], run_on("bench 1"), run_on("bench 2", firmware="C6.2.1.8"))


@cache
def many() -> Record:
    return record_of(list(cases(10_000)))


@cache
def hostile() -> Record:
    """Each text that a module or a bench can choose is HOSTILE."""
    made = list(cases(40))
    lines = [f"    0.5 module    > host      {HOSTILE}"]
    made[1] = {**failing(made[1], HOSTILE, HOSTILE[::-1]), "title": HOSTILE, "transcript": lines, "message": HOSTILE}
    made[2] = {**made[2], "verdict": "error", "blame": "rig", "message": HOSTILE, "rig": "bench 1"}
    made[3]["observations"] = [{"requirement": made[3]["requirements"][0], "what": HOSTILE, "value": HOSTILE}]
    made[4] = {**made[4], "verdict": "inconclusive", "decided": [], "message": HOSTILE}
    run = run_on("bench 1", product=HOSTILE, firmware=HOSTILE)
    run["probe"][0]["found"] = HOSTILE
    run["profile"]["name"] = HOSTILE
    return record_of(made, run, problems=[{"blame": "rig", "message": HOSTILE}])


RUNS: dict[str, Callable[[], Record]] = {
    "conforming": conforming,
    "ten_faults": ten_faults,
    "killed": killed,
    "two_rigs": two_rigs,
    "hostile": hostile,
}
