"""Text that a module, a network or a serial server has chosen, made harmless for a terminal and a page.

ESC and OSC sequences move the cursor, set the window's title or colour a verdict; bidirectional controls turn text
around. Each such character is written as C or Python writes it, so that a reader sees that it was there.
"""

import re
from typing import Any

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Characters that are shown as escapes: C0 (but tab and line feed), C1, and those that change direction or width."""


def printable(text: str) -> str:
    r"""``text`` with every control character as an escape: ESC becomes ``\x1b``, U+202E ``\u202e``. Idempotent."""
    return CONTROLS.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def printable_tree(value: Any) -> Any:
    """``value``, plain JSON types, with every string in it printable; keys too."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {printable(str(key)): printable_tree(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable_tree(one) for one in value]
    return value
