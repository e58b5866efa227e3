"""docs/reports.md tells of every exit status and every key of the record."""

import json
import re
from pathlib import Path

import pytest

from reports.record.record import SCHEMA, SCHEMA_FILE
from reports.record.status import ExitStatus

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reports.md").read_text(encoding="utf-8")
DOCUMENT = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
CASE = DOCUMENT["$defs"]["case"]["properties"]


@pytest.mark.parametrize("status", ExitStatus)
def test_each_exit_status_has_its_row(status):
    assert re.search(rf"^\| {int(status)} \| {status.name.lower()} \| \S", PAGE, re.MULTILINE)


@pytest.mark.parametrize("key", sorted((set(DOCUMENT["properties"]) | set(CASE)) - {"comment"}))
def test_each_key_of_the_record_is_explained(key):
    assert re.search(rf"^\| [^|]*`{key}`[^|]* \| \S", PAGE, re.MULTILINE)


@pytest.mark.parametrize("word", [*CASE["verdict"]["enum"], *filter(None, CASE["blame"]["enum"]), SCHEMA])
def test_each_verdict_and_blame_is_named(word):
    assert f"`{word}`" in PAGE
