"""A comparison of two runs as text, Markdown and HTML."""

import textwrap
from collections.abc import Iterator

from reports.formats.as_html import environment, own_file, policy_hash
from reports.formats.as_md import code, plain
from reports.formats.comparison import Change, Comparison
from reports.formats.view import View

MOST = 40
"""Changes of one kind that text and Markdown show."""
WIDTH = 80


def as_text(one: Comparison) -> str:
    """The comparison for a terminal of 80 columns."""
    return "\n".join(_text(one)) + "\n"


def _text(one: Comparison) -> Iterator[str]:
    yield from _fold(f"old: {_named(one.old)}", "")
    yield from _fold(f"new: {_named(one.new)}", "")
    for chapter in one.chapters:
        if chapter.changes:
            yield from ("", f"{chapter.sign} {chapter.title}: {len(chapter.changes)}")
        for change in chapter.changes[:MOST]:
            yield from _fold(_line(change), "    ")
        if (more := len(chapter.changes) - MOST) > 0:
            yield f"    and {more} more"
    yield from ("", one.sentence)


def _fold(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}    ") or [indent]


def _line(change: Change) -> str:
    note = f" ({change.note})" if change.note else ""
    return f"{change.name}: {change.was or '-'} -> {change.now}{note}"


def _named(view: View) -> str:
    return f"{view.title}, {view.record['started'][:19].replace('T', ' ')} UTC, {view.headline.word.lower()}"


def as_markdown(one: Comparison) -> str:
    """The comparison for the summary of a job."""
    lines = [f"## {plain(one.sentence)}", "", f"- old: {plain(_named(one.old))}", f"- new: {plain(_named(one.new))}"]
    for chapter in one.chapters:
        if chapter.changes:
            lines += ["", f"### {chapter.sign} {plain(chapter.title)}: {len(chapter.changes)}", ""]
        lines += [f"- **{plain(change.name)}** {_words(change)}" for change in chapter.changes[:MOST]]
        if (more := len(chapter.changes) - MOST) > 0:
            lines.append(f"- and {more} more")
    return "\n".join(lines) + "\n"


def _words(change: Change) -> str:
    note = f" ({plain(change.note)})" if change.note else ""
    return f"{code(change.was or '-')} → {code(change.now)}{note}"


def as_html(one: Comparison) -> str:
    """The comparison as a page that asks for nothing."""
    style = own_file("report.css")
    template = environment().get_template("compare.html.j2")
    return template.render(one=one, style=style, style_hash=policy_hash(style), named=_named)


RENDERINGS = {"text": as_text, "md": as_markdown, "html": as_html}
