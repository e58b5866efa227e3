"""``report.md``: the outcome in Markdown for the summary of a job, findings first, at most 60 lines."""

import re
from collections.abc import Iterator

from reports.formats.registry import Format
from reports.formats.view import OUTCOMES, FindingView, Gap, View, some
from reports.record.summary import line_in_words, spared_lines

MOST_LINES = 60
MOST_FINDINGS = 8
MOST_GAPS = 8
MOST_PROBLEMS = 4
MOST_TEXT = 240
"""Characters of a text of the module that one line shows."""
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|<>~&$@:-])")


def plain(text: str, most: int = MOST_TEXT) -> str:
    """``text`` on one line, as text: nothing in it is markup, a link, a mention or HTML."""
    line = " ".join(text.split())
    return _MARKUP.sub(lambda one: f"&#{ord(one[0])};", line if len(line) <= most else f"{line[: most - 1]}…")


def code(text: str, most: int = MOST_TEXT) -> str:
    """``text`` on one line, in code's letters."""
    return f"<code>{plain(text, most)}</code>"


def render(view: View) -> bytes:
    """The text of a run."""
    lines = [*_head(view), *_findings(view), *_gaps(view), *_problems(view)]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 2], "", "More stands in `report.html` and in `run.json`."]
    return ("\n".join(lines) + "\n").encode()


def _head(view: View) -> Iterator[str]:
    head = view.headline
    yield f"## {head.sign} {head.word}" + (f": {plain(head.sentence, 400)}" if head.sentence else "")
    yield ""
    parts = [f"{OUTCOMES[key][0]} {number} {OUTCOMES[key][1]}" for key, number in view.bar]
    yield f"{len(view.requirements)} requirements: " + ", ".join(parts)
    yield ""
    for text in spared_lines(view.record):
        yield from (plain(text, 200), "")


def _findings(view: View) -> Iterator[str]:
    for one in view.findings[:MOST_FINDINGS]:
        yield from _finding(one)
    if (more := len(view.findings) - MOST_FINDINGS) > 0:
        yield f"- and {more} more: {plain(some([one.requirement for one in view.findings[MOST_FINDINGS:]], 12))}"
    yield from ("- " + plain(f"{key}: waived by the profile, {reason}") for key, reason in view.waived.items())
    facts = [f"{one.name} {plain(one.value)}" for one in view.facts]
    facts += [f"account {plain(view.account.line())}"] if view.account else []
    yield from ("", "<sub>" + " · ".join(facts) + "</sub>")


def _finding(one: FindingView) -> Iterator[str]:
    yield f"- **{plain(one.id)} {plain(one.requirement)}** ({plain(one.obligation)}): {plain(one.statement)}"
    expected, got = ("".join(piece.text for piece in side) for side in (one.expected, one.got))
    if expected:
        yield f"  - expected {code(expected)}"
    if got:
        yield f"  - got {code(got)}"
    masks = f"; masks {len(one.masks)} requirements" if one.masks else ""
    yield f"  - {len(one.cases)} cases{masks}: {code(one.command)}"


def _gaps(view: View) -> Iterator[str]:
    if view.gaps:
        yield from ("", "**Not tested**", "")
    yield from (_gap(one) for one in view.gaps[:MOST_GAPS])


def _gap(one: Gap) -> str:
    ids = some([row.id for row in one.requirements], 6)
    return f"- {len(one.requirements)} ({plain(ids)}): {plain(one.reason)}"


def _problems(view: View) -> Iterator[str]:
    problems = [f"{one['blame']}: {one['message']}" for one in view.record["problems"]]
    problems += [f"not finished: {one['id']}" for one in view.record["unfinished"]]
    problems += [f"rig: {line_in_words(view.summary)}"] if view.summary.get("line", {}).get("garbled") else []
    if problems:
        yield from ("", "**Problems of the run**", "")
    yield from (f"- {plain(one)}" for one in problems[:MOST_PROBLEMS])


FORMAT = Format("md", "report.md", "Markdown for the summary of a job, findings first", render, by_default=True)
