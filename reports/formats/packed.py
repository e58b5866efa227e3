"""Cases packed for the report: deflated and in base64, in chunks, so that the browser inflates what is opened.

The chunk ``index`` is a list with a row a case (its fields: ``COLUMNS``); each other chunk is a list of what only the
view of a case needs. A row names the chunk of its case, and the place in it.
"""

import base64
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reports.record.model import Case

COLUMNS = (
    "id", "rig", "title", "area", "requirements", "verdict", "blame", "duration", "first", "chunk", "at",
)  # fmt: skip
CHUNK = 256 * 1024
"""Bytes of JSON after which a chunk is full: small enough to be inflated at a click, large enough to deflate well."""
FIRST = 160
"""Characters of a message that the list of cases shows."""
LEVEL = 6
_LETTERS = re.compile("[\u0100-\u01ff]")
_ESCAPE = "\\\\x"
"""What stands before the two digits of an escaped byte in JSON."""
_LETTER = {f"{byte:02x}": chr(0x100 + byte) for byte in range(256)}
"""The letter for each pair of digits."""


@dataclass(frozen=True)
class Chunk:
    """An element of the page: its id, and base64 of deflated JSON."""

    name: str
    data: str


def pack(cases: Sequence[Case]) -> list[Chunk]:
    """The chunks of all ``cases``, the index first."""
    rows: list[list[Any]] = []
    chunks: list[Chunk] = []
    for name, members in _shares(cases):
        chunks.append(_chunk(name, [text for _, text in members]))
        rows += [_row(case, name, place) for place, (case, _) in enumerate(members)]
    return [_chunk("index", [_json(one) for one in rows]), *chunks]


def _shares(cases: Sequence[Case]) -> Iterator[tuple[str, list[tuple[Case, str]]]]:
    """The cases with their JSON, as many a chunk as it takes."""
    members: list[tuple[Case, str]] = []
    number, size = 0, 0
    for case in cases:
        text = _json(_details(case))
        if members and size + len(text) > CHUNK:
            yield f"t{number}", members
            members, number, size = [], number + 1, 0
        members.append((case, text))
        size += len(text)
    if members:
        yield f"t{number}", members


def _row(case: Case, chunk: str, place: int) -> list[Any]:
    first = (case["message"].strip().splitlines() or [""])[0][:FIRST]
    title = case["title"] or case["id"].rpartition("::")[2]
    head = [case["id"], case["rig"], title, case["area"], case["requirements"], case["verdict"], case["blame"]]
    return [*head, case["duration_s"], first, chunk, place]


def _details(case: Case) -> dict[str, Any]:
    return {
        "message": case["message"],
        "transcript": case["transcript"],
        "observations": case["observations"],
        "earlier": case["earlier"],
        "recoveries": case["recoveries"],
        "attempts": case["attempts"],
        "started": case["started"],
        "broken": case["broken"],
        "masked": case.get("masked", []),
        "masked_by": case.get("masked_by"),
        "sha256": case.get("transcript_sha256") or "",
    }


def shortened(text: str) -> str:
    """JSON with one letter (U+0100 to U+01FF) in the place of each escaped byte ``\\\\xNN``, and ``~`` before it.

    Transcripts are full of them. A text that has such letters itself stays as it is. ``report.js`` does the reverse.
    """
    if _LETTERS.search(text):
        return text
    head, *rest = text.split(_ESCAPE)
    parts = [f"{letter}{one[2:]}" if (letter := _LETTER.get(one[:2])) else _ESCAPE + one for one in rest]
    return "~" + head + "".join(parts)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _chunk(name: str, members: Sequence[str]) -> Chunk:
    text = f"[{','.join(members)}]"
    return Chunk(name, base64.b64encode(zlib.compress(shortened(text).encode(), LEVEL)).decode())
