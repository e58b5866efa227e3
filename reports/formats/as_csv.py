"""``requirements.csv``: one row a requirement, for a spreadsheet (RFC 4180, UTF-8 with a byte-order mark)."""

import csv
import io

from reports.formats.registry import Format
from reports.formats.view import RequirementRow, View

HEADS = ("requirement", "area", "obligation", "outcome", "masked by", "reason", "cases", "statement", "sources")
_FORMULA = ("=", "+", "-", "@", "\t")
"""Characters with which a spreadsheet takes a cell for a formula."""


def render(view: View) -> bytes:
    """The table of a run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADS)
    writer.writerows([cell(one) for one in _values(row)] for row in view.requirements)
    return out.getvalue().encode("utf-8-sig")


def _values(row: RequirementRow) -> tuple[str, ...]:
    head = (row.id, row.title, row.obligation, row.words, "; ".join(row.masked_by), row.reason, str(row.cases))
    return (*head, row.statement, "; ".join(row.sources))


def cell(text: str) -> str:
    """A text that no spreadsheet computes."""
    return f"'{text}" if text.startswith(_FORMULA) else text


FORMAT = Format("csv", "requirements.csv", "one row a requirement, for a spreadsheet", render)
