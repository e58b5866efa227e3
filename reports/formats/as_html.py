"""The conformance report, ``report.html``: one file that opens anywhere, from ``file://``, and asks no network.

The first screen and everything that is printed is markup made here; the list of cases and the transcripts are packed
(``reports.formats.packed``) and shown by the program in ``page/report.js``. A content security policy forbids the page
to load anything, and to run any program but that one.
"""

import base64
import hashlib
import json
import math
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from reports.formats.matrix import matrix
from reports.formats.measured import (
    HIGHEST_MS,
    LOWEST_MS,
    Accept,
    Distribution,
    accepts,
    answer_times,
    readings,
    timing_cases,
)
from reports.formats.packed import COLUMNS, pack
from reports.formats.registry import Format
from reports.formats.view import OUTCOMES, SIGNS, View
from reports.places import JUDGE
from reports.record.summary import line_in_words

PAGE = Path(__file__).with_name("page")
CASE_COMMAND = f"{JUDGE} {{id}}"
"""What runs one case again; ``{id}`` stands for it."""
_WIDE, _HIGH = 600, 160
"""Size of the diagram of accepts, in units of its own."""


@cache
def environment() -> jinja2.Environment:
    """The templates of the pages. Everything is escaped that does not come from a file beside them."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(outcomes=OUTCOMES, signs=SIGNS)
    return made


@cache
def own_file(name: str) -> Markup:
    """A style or a program of ours, to stand in the page as it is."""
    text = (PAGE / name).read_text(encoding="utf-8")
    if "</s" in text.lower():
        raise ValueError(f"{name} would end its own element")
    return Markup(text)


def policy_hash(text: str) -> str:
    """The source expression by which a content security policy allows exactly this inline text."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def embedded_json(value: Any) -> Markup:
    """``value`` as JSON that cannot end the element in which it stands."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def render(view: View) -> bytes:
    """The page of a run."""
    rows = sorted(matrix(view.record, view.catalogue), key=lambda row: not row.differs)
    style, script = own_file("report.css"), own_file("report.js")
    page = (
        environment()
        .get_template("report.html.j2")
        .render(
            view=view,
            style=style,
            script=script,
            style_hash=policy_hash(style),
            script_hash=policy_hash(script),
            about=embedded_json(_about(view)),
            chunks=pack(view.record["cases"]),
            not_tested=sum(one.outcome == "not_tested" for one in view.requirements),
            times=answer_times(view.record),
            timing_cases=timing_cases(view.record),
            accepts=accepts(view.record),
            readings=readings(view.record, view.catalogue, view.sources),
            matrix=rows,
            differing=sum(one.differs for one in rows),
            undecided=undecided(view),
            line=line_in_words(view.summary),
            columns=_columns,
            scatter=_scatter,
        )
    )
    return page.encode("utf-8", "backslashreplace")


def _about(view: View) -> dict[str, Any]:
    return {
        "columns": COLUMNS,
        "signs": SIGNS,
        "several": len(view.record["rigs"]) > 1,
        "command": CASE_COMMAND,
    }


def undecided(view: View) -> list[dict[str, Any]]:
    """Errors and inconclusive cases, those with the same first line together, the most frequent first."""
    groups: Counter[tuple[str, str, str]] = Counter()
    for case in view.record["cases"]:
        if case["verdict"] in ("error", "inconclusive"):
            first = (case["message"].strip().splitlines() or ["no reason given"])[0]
            groups[case["verdict"], case["blame"] or "", first] += 1
    return [
        {"verdict": verdict, "blame": blame, "reason": reason, "number": number}
        for (verdict, blame, reason), number in groups.most_common()
    ]


def _columns(one: Distribution) -> Markup:
    """The distribution as small columns on a logarithmic scale."""
    most, wide = max(one.columns), 100 / len(one.columns)
    bars = [
        Markup('<rect x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}"/>').format(
            place * wide, 20 - 20 * number / most, wide * 0.9, 20 * number / most
        )
        for place, number in enumerate(one.columns)
        if number
    ]
    label = f"{one.command}: half of {one.number} within {one.median:.1f} ms, the longest {one.highest:.1f} ms"
    head = Markup('<svg class="columns" viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label="{}">')
    return head.format(label) + Markup('<line x1="0" x2="100" y1="20" y2="20"/>') + Markup("").join(bars) + _END


def _scatter(found: Sequence[Accept]) -> Markup:
    """A dot for each accept: when, and how long after the connection."""
    longest = max(one.at for one in found) or 1.0
    decades = round(math.log10(HIGHEST_MS / LOWEST_MS))
    lines = [
        Markup('<line x1="50" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/><text x="2" y="{t:.1f}">{name}</text>').format(
            _WIDE, y=y, t=y + 4, name=name
        )
        for y, name in ((_height(LOWEST_MS * 10**power), _ms(LOWEST_MS * 10**power)) for power in range(decades + 1))
    ]
    dots = [
        Markup('<circle cx="{:.1f}" cy="{:.1f}" r="2"/>').format(
            50 + one.at / longest * (_WIDE - 60), _height(one.delay)
        )
        for one in found
    ]
    label = f"{len(found)} accepts over {longest:.0f} s"
    head = Markup('<svg class="scatter" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(_WIDE, _HIGH, label)
    foot = Markup('<text x="50" y="{y}">0 s</text><text x="{x}" y="{y}" text-anchor="end">{end:.0f} s</text>')
    return head + Markup("").join([*lines, *dots]) + foot.format(x=_WIDE - 4, y=_HIGH - 3, end=longest) + _END


_END = Markup("</svg>")


def _height(milliseconds: float) -> float:
    """Where a time stands in the diagram of accepts; the shortest at the foot."""
    share = math.log10(max(milliseconds, LOWEST_MS) / LOWEST_MS) / math.log10(HIGHEST_MS / LOWEST_MS)
    return (_HIGH - 20) - share * (_HIGH - 30)


def _ms(value: float) -> str:
    return f"{value / 1000:g} s" if value >= 1000 else f"{value:g} ms"


FORMAT = Format("html", "report.html", "the conformance report, one page for people", render, by_default=True)
