"""``summary.html``: the report without its cases, small enough for a mail, without any program."""

from reports.formats.as_html import environment, own_file, policy_hash
from reports.formats.registry import Format
from reports.formats.view import View

MOST_FINDINGS = 60
"""Findings that are shown whole; the number of the others stands below them. Keeps the page under 300 kB."""


def render(view: View) -> bytes:
    """The page of a run."""
    style = own_file("report.css")
    template = environment().get_template("summary.html.j2")
    page = template.render(view=view, style=style, style_hash=policy_hash(style), most=MOST_FINDINGS)
    return page.encode("utf-8", "backslashreplace")


FORMAT = Format("summary", "summary.html", "a small page to mail: verdict, findings, not tested, requirements", render)
