"""``junit.xml``: each case with its verdict, for continuous integration.

A failure is a requirement that the module breaks. An inconclusive case and an error are ``<error>``: whatever reads the
file sees that the run judged less than it was to judge. Skipped is only what does not apply to the module.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

from reports.formats.registry import Format
from reports.formats.view import View
from reports.record.model import OBLIGATION_NAMES, Case

MOST_TEXT = 20_000
"""Characters of a transcript that stand with a case; of a longer one its end."""


def properties(case: Case) -> Iterator[tuple[str, str]]:
    """What a case says beside its outcome, as names and values; the same in pytest's own ``--junitxml``."""
    yield from (("requirement", one) for one in case["requirements"])
    yield "obligation", OBLIGATION_NAMES.get(case["obligation"], case["obligation"])
    yield "verdict", case["verdict"]
    yield "blame", case["blame"] or ""
    yield "masked-by", case["masked_by"] or ""
    yield "rig", case["rig"]
    yield from (("broken", one) for one in case["broken"])


def render(view: View) -> bytes:
    """The document of a run: a suite an area, and one for what is no case's."""
    root = ET.Element("testsuites", name=f"eS-WiFi AT conformance: {view.title}")
    for title, cases in _by_area(view):
        _add_suite(root, title, cases)
    _add_run(root, view)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(one.get(name, "0")) for one in root)))
    root.set("time", f"{sum(one['duration_s'] for one in view.record['cases']):.3f}")
    ET.indent(root, " ")
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _by_area(view: View) -> list[tuple[str, list[Case]]]:
    groups: dict[str, list[Case]] = {}
    for case in view.record["cases"]:
        area = view.catalogue.areas.get(case["area"])
        groups.setdefault(area.title if area else case["area"], []).append(case)
    return list(groups.items())


def _add_suite(root: ET.Element, title: str, cases: Sequence[Case]) -> None:
    suite = ET.SubElement(root, "testsuite", name=title, timestamp=min(one["started"] for one in cases)[:19])
    for case in cases:
        _add_case(suite, case)
    _count(suite, sum(one["duration_s"] for one in cases))


def _count(suite: ET.Element, seconds: float) -> None:
    suite.set("tests", str(len(suite.findall("testcase"))))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("time", f"{seconds:.3f}")


def _add_case(suite: ET.Element, case: Case) -> None:
    path, _, name = case["id"].partition("::")
    one = ET.SubElement(suite, "testcase", classname=path.removesuffix(".py").replace("/", "."), name=name or path)
    one.set("time", f"{case['duration_s']:.3f}")
    block = ET.SubElement(one, "properties")
    for key, value in properties(case):
        ET.SubElement(block, "property", name=key, value=value)
    tag = {"fail": "failure", "error": "error", "inconclusive": "error", "not_applicable": "skipped"}
    if case["verdict"] in tag:
        first = (case["message"].strip().splitlines() or [case["verdict"]])[0]
        end = ET.SubElement(one, tag[case["verdict"]], message=first)
        end.set("type", f"{case['verdict']}: {case['blame']}" if case["blame"] else case["verdict"])
        end.text = case["message"]
    if case["verdict"] in ("fail", "error"):
        ET.SubElement(one, "system-out").text = "\n".join(case["transcript"])[-MOST_TEXT:]


def _add_run(root: ET.Element, view: View) -> None:
    """What went wrong with the run as a whole, and cases that it did not come to: errors, or nobody would see them."""
    lacking = len(view.record["planned"]) * _times(view) - len(view.record["cases"])
    texts = [f"{one['blame']}: {one['message']}" for one in view.record["problems"]]
    texts += [f"not finished: {one['id']}" for one in view.record["unfinished"]]
    if lacking > 0 and not view.record["finished"]:
        texts.append(f"the run was cut off: {lacking} of its cases have no verdict")
    if not texts and view.record["cases"]:
        return
    suite = ET.SubElement(root, "testsuite", name="the run as a whole", timestamp=view.record["started"][:19])
    for text in texts or [view.record["status"]["meaning"]]:
        one = ET.SubElement(suite, "testcase", classname="run", name=text.splitlines()[0], time="0.000")
        ET.SubElement(one, "error", message=text.splitlines()[0], type=view.record["status"]["name"]).text = text
    _count(suite, 0.0)


def _times(view: View) -> int:
    """How often each planned case is run: once on each rig, or once where the rigs share the cases."""
    shared = len(view.record["cases"]) <= len(view.record["planned"])
    return 1 if shared else max(1, len(view.record["rigs"]))


FORMAT = Format("junit", "junit.xml", "JUnit XML, for continuous integration", render, by_default=True)
