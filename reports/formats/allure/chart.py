"""The sequence chart of a case as SVG, for Allure: lanes for host, module and each peer, an event a row.

The report of our own draws its chart in the browser (``page/report.js``); Allure shows an attachment as it is.
"""

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from reports.formats.measured import Event, end_of, events
from reports.formats.visible import visible
from reports.record.model import Case
from reports.record.summary import WAIVED

LANE, ROW, LEFT, TOP = 210, 26, 100, 40
"""Units of the drawing: width of a lane, height of a row, where the lanes begin."""
MOST_EVENTS = 100
"""Events in a chart up to the end of the case; of a longer case the last. The transcript beside it has all."""
MOST_AFTER = 10
"""Events in a chart behind the end of the case: the module is brought back to the known state."""
MOST_TEXT = 44
CHART = "sequence chart"
"""The name of the attachment."""
PLAIN = ("pass", "observed", "not_applicable")
"""Verdicts of cases that get no chart: it would double the size of the page for cases that nobody opens."""
STYLE = (
    "text{font:11px monospace;fill:#1b1f24}.dim{fill:#57606a}.lane{stroke:#c5ccd3}.arrow{stroke:#0a58ba;fill:#0a58ba}"
    ".note{fill:#57606a}.name{font-weight:bold}.paper{fill:#fff}.end{fill:#fdecec;stroke:#c8232c}"
)


def chart_of(case: Case) -> str:
    """The chart of a case that somebody will look into; "" for the others, and where nothing was said."""
    if case["verdict"] in PLAIN and not _is_waived(case):
        return ""
    end = end_of(case) if case["verdict"] in ("fail", "error") else -1
    return chart(case["transcript"], end)


def _is_waived(case: Case) -> bool:
    return any(one["what"] == WAIVED for one in case["observations"])


def chart(lines: Sequence[str], end: int = -1) -> str:
    """The SVG document of a transcript; "" where there is no event to draw.

    ``end``: the index of the line at which the case ended, which is marked; -1 where nobody knows.
    """
    before = list(events(lines[: end + 1] if end >= 0 else lines))
    after = list(events(lines[end + 1 :])) if end >= 0 else []
    shown = [*before[-MOST_EVENTS:], *after[:MOST_AFTER]]
    marked = len(before[-MOST_EVENTS:]) - 1 if end >= 0 else -1
    if not shown:
        return ""
    lanes = lanes_of(shown)
    place = {name: LEFT + number * LANE + LANE // 2 for number, name in enumerate(lanes)}
    wide, high = LEFT + len(lanes) * LANE + LANE, TOP + (len(shown) + 1) * ROW
    gaps = [None, *(later.at - earlier.at for earlier, later in pairwise(shown))]
    parts = [_lane(name, x, high) for name, x in place.items()]
    parts += [_mark(TOP + (marked + 1) * ROW, wide)] if marked >= 0 else []
    parts += [_row(one, gap, place, TOP + (n + 1) * ROW) for n, (one, gap) in enumerate(zip(shown, gaps, strict=True))]
    if (number := len(before) + len(after)) > len(shown):
        parts.append(_text(4, 16, f"{len(shown)} of {number} events", "dim"))
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}"><style>{style}</style>'
        '<rect class="paper" width="{w}" height="{h}"/>'
    ).format(w=wide, h=high, style=Markup(STYLE))
    return str(head + Markup("").join(parts) + Markup("</svg>"))


def lanes_of(shown: Sequence[Event]) -> list[str]:
    """Host and module first, then the peers in the order in which they appear."""
    names = dict.fromkeys(name for one in shown for name in (one.source, one.target) if name)
    return [
        *(one for one in ("host", "module") if one in names),
        *(one for one in names if one not in ("host", "module")),
    ]


def _lane(name: str, x: int, high: int) -> Markup:
    line = Markup('<line class="lane" x1="{x}" x2="{x}" y1="{top}" y2="{high}"/>').format(x=x, top=TOP, high=high)
    return line + _text(x, TOP - 10, name, "name", middle=True)


def _row(one: Event, gap: float | None, place: dict[str, int], y: int) -> Markup:
    time = _text(4, y - 6, "" if gap is None else f"+{gap * 1000:.1f} ms", "dim") + _text(
        4, y + 5, f"{one.at:.6f}", "dim"
    )
    text = visible(one.text)
    short = text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 12]} … {text[-9:]}"
    if one.kind != ">":
        return time + _text(place[one.source] + 8, y + 4, short, "note") + _dot(place[one.source], y)
    start, end = place[one.source], place[one.target]
    return time + _arrow(start, end, y) + _text(min(start, end) + 8, y - 4, short, "bytes")


def _mark(y: int, wide: int) -> Markup:
    """A band behind the row at which the case ended."""
    return Markup('<rect class="end" x="1" y="{}" width="{}" height="{}"/>').format(y - ROW // 2 - 4, wide - 2, ROW)


def _dot(x: int, y: int) -> Markup:
    return Markup('<circle class="note" cx="{}" cy="{}" r="3"/>').format(x, y)


def _arrow(start: int, end: int, y: int) -> Markup:
    back = 8 if end < start else -8
    line = Markup('<line class="arrow" x1="{}" x2="{}" y1="{y}" y2="{y}"/>').format(start, end, y=y)
    return line + Markup('<path class="arrow" d="M {} {} l {} -4 v 8 z"/>').format(end, y, back)


def _text(x: int, y: int, text: str, kind: str, *, middle: bool = False) -> Markup:
    anchor = Markup(' text-anchor="middle"') if middle else Markup("")
    return Markup('<text class="{}" x="{}" y="{}"{}>{}</text>').format(kind, x, y, anchor, text)
