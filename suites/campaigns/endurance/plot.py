"""The plot of an endurance run: one SVG that holds all it needs."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from suites.steps.drift import blocks

WIDTH, HEIGHT = 960, 280
UNITS = (("hours", 3600), ("minutes", 60), ("seconds", 1))
"""Of the time axis, with their length; the first of which there are more than three."""


@dataclass(frozen=True)
class Series:
    """What one panel shows: a value a cycle, in ``unit``; ``note``: its drift in words."""

    name: str
    unit: str
    values: Sequence[float]
    note: str


def write_plot(path: Path, title: str, seconds: Sequence[float], series: Sequence[Series]) -> None:
    """One panel a series, over the ``seconds`` since the beginning, one point a stretch of cycles."""
    unit, length = next(one for one in UNITS if seconds[-1] > 3 * one[1] or one[1] == 1)
    times = [one / length for one in seconds]
    panels = [_panel(one, times, unit, title if not number else "") for number, one in enumerate(series)]
    placed = "".join(f'<g transform="translate(0,{HEIGHT * at})">{panel}</g>' for at, panel in enumerate(panels))
    size = f'width="{WIDTH}" height="{HEIGHT * len(panels)}"'
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{placed}</svg>\n', encoding="utf-8")


def _panel(series: Series, times: Sequence[float], unit: str, title: str) -> str:
    pygal, style = _plotter()
    chart = pygal.XY(
        js=[], width=WIDTH, height=HEIGHT, explicit_size=True, style=style, stroke=False, dots_size=2,
        show_legend=False, include_x_axis=True, x_title=unit,
        title="\n".join(filter(None, (title, f"{series.name}, {series.unit}: {series.note}"))),
    )  # fmt: skip
    places, medians = blocks(series.values)
    chart.add(series.name, [(times[int(place)], value) for place, value in zip(places, medians, strict=True)])
    drawn = str(chart.render(is_unicode=True, disable_xml_declaration=True))
    return re.sub(r"<script.*?</script>", "", drawn, flags=re.DOTALL)


def _plotter() -> tuple[Any, Any]:
    """Pygal and the style. Imported here, since every run of the suites loads this file, and few plot.

    Pygal puts a finder of modules into Python's list that Python no longer understands: whatever is not found later
    on would end in a warning about that, and warnings are errors here. Nothing needs it, so the list stays as it was.
    """
    finders = list(sys.meta_path)
    try:
        import pygal
        from pygal.style import CleanStyle
    finally:
        sys.meta_path[:] = finders
    return pygal, CleanStyle
