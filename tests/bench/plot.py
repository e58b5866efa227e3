"""Draws the plot of the page: the ratio of each row to the first row of its table, on a logarithmic scale."""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

WIDTH, LEFT, RIGHT = 840, 330, 70
ROW, HEAD, GAP = 18, 22, 14
"""Heights in units of the drawing: of a bar's row, of a title, and of the space between two tables."""
STYLE = (
    "text{font:12px sans-serif;fill:#333}.title{font-weight:bold}.bar{fill:#4477aa}.one{stroke:#888;stroke-dasharray:3}"
)

Table = tuple[str, str, Mapping[str, Mapping[str, float]]]


def draw(tables: Sequence[Table]) -> str:
    """The SVG of all ``tables``. A table is its title, its unit, and the figures of each row by name."""
    rows = [one for _title, _unit, table in tables for one in table.values()]
    low, high = (math.log10(pick(one["ratio"] for one in rows)) for pick in (min, max))
    height = sum(HEAD + ROW * len(table) + GAP for _title, _unit, table in tables) + GAP
    lines = [*_tables(tables, min(low, 0.0), max(high, 0.001))]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
    ground = f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
    return "\n".join([head, f"<style>{STYLE}</style>", ground, *lines, "</svg>"]) + "\n"


def _tables(tables: Sequence[Table], low: float, high: float) -> Iterator[str]:
    top = float(GAP)
    for title, _unit, table in tables:
        yield f'<text class="title" x="8" y="{top + 12:.0f}">{escape(title)}</text>'
        top += HEAD
        for name, one in table.items():
            yield from _bar(name, one, top, low, high)
            top += ROW
        top += GAP


def _bar(name: str, figures: Mapping[str, Any], top: float, low: float, high: float) -> Iterator[str]:
    """Draw a row: its name, a bar from the ratio 1 to the ratio of the row, and the ratio as a number."""
    scale = (WIDTH - LEFT - RIGHT) / (high - low)
    one, end = LEFT - low * scale, LEFT + (math.log10(figures["ratio"]) - low) * scale
    start, width = min(one, end), max(abs(end - one), 1.0)
    middle = top + 12
    yield f'<text x="{LEFT - 8}" y="{middle:.0f}" text-anchor="end">{escape(name)}</text>'
    yield f'<rect class="bar" x="{start:.1f}" y="{top + 2:.1f}" width="{width:.1f}" height="{ROW - 5}"/>'
    yield f'<line class="one" x1="{one:.1f}" x2="{one:.1f}" y1="{top:.1f}" y2="{top + ROW:.1f}"/>'
    yield f'<text x="{start + width + 5:.1f}" y="{middle:.0f}">{figures["ratio"]:.2f}</text>'
