"""Cases packed for the report are unpacked to what they were."""

import base64
import json
import re
import zlib

import pytest

from reports.formats.packed import COLUMNS, pack, shortened
from tests.reports import sample_runs


def unpacked(data: str):
    """What ``report.js`` does."""
    text = zlib.decompress(base64.b64decode(data)).decode()
    if text[0] == "~":
        text = re.sub("[\u0100-\u01ff]", lambda one: f"\\\\x{ord(one[0]) - 256:02x}", text[1:])
    return json.loads(text)


@pytest.mark.parametrize(
    "texts", [["\\xe2\\x80\\xa6"], ["\\\\xe2", "\\xE2", "\\x", "x00", "\\x0"], ["\\x00 \u0142 \\xff"]]
)
def test_escaped_bytes_come_back_as_they_were(texts):
    text = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
    data = base64.b64encode(zlib.compress(shortened(text).encode())).decode()
    assert unpacked(data) == texts


def test_every_case_is_found_by_the_index():
    cases = list(sample_runs.ten_faults()["cases"])
    cases[3] = {**cases[3], "transcript": ["    0.5 module    > host      \\xe2\\x80\\xa6"] * 20_000}
    chunks = {one.name: unpacked(one.data) for one in pack(cases)}
    assert len(chunks) > 2
    for row, case in zip(chunks["index"], cases, strict=True):
        one = dict(zip(COLUMNS, row, strict=True))
        assert (one["id"], one["rig"], one["verdict"]) == (case["id"], case["rig"], case["verdict"])
        assert chunks[one["chunk"]][one["at"]]["transcript"] == case["transcript"]
