"""``badge.svg``: the outcome as a badge, for a page that shows the state of a module."""

from markupsafe import Markup

from reports.formats.registry import Format
from reports.formats.view import View

COLOURS = {"good": "#1f7a37", "bad": "#b3161b", "open": "#7a4a00"}
LABEL = "eS-WiFi conformance"
LETTER = 7
"""Width (pixels) that a letter of the badge takes at most."""
_SVG = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" role="img" aria-label="{label}: {text}">'
    "<title>{label}: {text}</title>"
    '<rect width="{left}" height="20" fill="#444c56"/><rect x="{left}" width="{right}" height="20" fill="{colour}"/>'
    '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
    '<text x="{a:.0f}" y="14" textLength="{la}">{label}</text><text x="{b:.0f}" y="14" textLength="{lb}">{text}</text>'
    "</g></svg>\n"
)


def render(view: View) -> bytes:
    """The badge of a run: no number but that of the findings."""
    head = view.headline
    findings = f", {len(view.findings)} finding{'' if len(view.findings) == 1 else 's'}" if view.findings else ""
    text = f"{head.sign} {head.word.lower()}{findings}"
    left, right = (LETTER * len(one) + 10 for one in (LABEL, text))
    picture = _SVG.format(
        whole=left + right, left=left, right=right, colour=COLOURS[head.tone], label=LABEL, text=text,
        a=left / 2, b=left + right / 2, la=left - 10, lb=right - 10,
    )  # fmt: skip
    return picture.encode()


FORMAT = Format("badge", "badge.svg", "the outcome as a small SVG", render)
