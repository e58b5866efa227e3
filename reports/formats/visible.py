"""Makes every text of a record harmless before it is rendered: what has no glyph of its own is shown as an escape.

A module sends what it likes, and its bytes stand in names, messages and transcripts. An ANSI escape would colour the
terminal, a bidirectional control would turn a line around, a control character makes XML invalid. Each of them is shown
as Python writes it, for instance ``\\x1b`` or ``\\u202e``. Markup (HTML, XML, Markdown) is the renderings' own task.
"""

import re
from collections.abc import Sequence
from typing import Any

# The control characters but tab and newline, the format characters that turn or hide text, line and paragraph
# separators, surrogates, what is no character at all, and the tags of plane 14.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """``text`` with an escape in the place of each character that cannot be seen or would do something."""
    return _HIDDEN.sub(lambda one: _escape(ord(one[0])), text)


def _escape(number: int) -> str:
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def visible_in(value: Any) -> Any:
    """A copy of ``value`` (plain JSON types) with every text in it made visible, the keys too."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, (list, tuple)):
        return list(value) if _are_visible(value) else [visible_in(one) for one in value]
    if isinstance(value, dict):
        return {visible(key): visible_in(one) for key, one in value.items()}
    return value


def _are_visible(values: Sequence[Any]) -> bool:
    """True where all are texts with nothing hidden: most lists are transcripts, and one search for all is quicker."""
    return all(type(one) is str for one in values) and not _HIDDEN.search("\n".join(values))
