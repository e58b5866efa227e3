"""What makes a report evidence: which module was judged, by which suite, on which bench, when; the record's hash."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reports.formats.visible import visible
from reports.record.evidence import record_sha256
from reports.record.model import Record, RigRun

MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|<secret>")
UNKNOWN = "not recorded"


@dataclass(frozen=True)
class Fact:
    """A name and a value of the report's head; ``odd`` where a reader must not overlook it."""

    name: str
    value: str
    odd: bool = False


def facts(record: Record) -> list[Fact]:
    """The facts of the first screen, in their order; every text is visible."""
    shown = [*_judged(record), *_when(record), *_by(record)]
    return [Fact(one.name, visible(one.value), one.odd) for one in shown]


def _judged(record: Record) -> Iterator[Fact]:
    for run in record["rigs"] or [RigRun(name="", rig={}, module={}, profile={}, probe=[])]:
        several = f" ({run['name']})" if len(record["rigs"]) > 1 else ""
        yield from _module(run, record, several)
        yield Fact(f"Profile{several}", str(run["profile"].get("name") or UNKNOWN))
        for one in run["probe"]:
            if not one["fits"]:
                yield Fact(f"Probe{several}", f"{one['what']}: declared {one['declared']}, found {one['found']}", True)
        yield Fact(f"Rig{several}", _rig(run))


def _module(run: RigRun, record: Record, several: str) -> Iterator[Fact]:
    module = run["module"]
    yield Fact(f"Module{several}", str(module.get("product") or UNKNOWN))
    yield Fact(f"Firmware{several}", str(module.get("firmware") or UNKNOWN))
    yield Fact(f"MAC{several}", str(module.get("mac") or _mac_told(record, run["name"])))


def _mac_told(record: Record, rig: str) -> str:
    """The MAC as the module answered it to Z5 in one of the cases."""
    for case in record["cases"]:
        if case["rig"] == rig and (found := _mac_in(case["transcript"])):
            return "hidden" if found == "<secret>" else found
    return UNKNOWN


def _mac_in(lines: Iterable[str]) -> str:
    asked = False
    for line in lines:
        if asked and "module " in line and (found := MAC.search(line)):
            return found[0]
        asked = line.rstrip().endswith("Z5\\r") or (asked and "module " in line)
    return ""


def _rig(run: RigRun) -> str:
    name, line = str(run["rig"].get("name") or run["name"] or UNKNOWN), str(run["rig"].get("line") or "")
    return f"{name} ({line})" if line not in ("", name) else name


def _when(record: Record) -> Iterator[Fact]:
    yield Fact("Begun", moment(record["started"]))
    ended = record["finished"]
    yield Fact("Ended", moment(ended) if ended else "never: the run was cut off", not ended)


def moment(text: str) -> str:
    """An ISO 8601 time of the record (UTC) as a person reads it."""
    return f"{text[:19].replace('T', ' ')} UTC"


def _by(record: Record) -> Iterator[Fact]:
    suite, host = record.get("suite") or {}, record.get("host") or {}
    revision = f", revision {suite['revision']}" if suite.get("revision") else ""
    yield Fact("Suite", f"{suite['version']}{revision}" if suite.get("version") else UNKNOWN)
    yield Fact("Host", f"{host['system']}, Python {host['python']}" if host.get("system") else UNKNOWN)
    recorded, found = record.get("sha256") or "", record_sha256(record)
    if recorded in ("", found):
        yield Fact("Record SHA-256", recorded or UNKNOWN)
    else:
        yield Fact("Record SHA-256", f"{found}: the record was changed, it says {recorded} of itself", True)
