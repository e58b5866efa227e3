"""Phrases that engineers whose first language is not English stumbled over do not come back."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = [
    path
    for pattern in (
        "*.md",
        "docs/**/*.md",
        "suites/**/*.py",
        "fixtures/**/*.py",
        "reports/**/*.py",
        "reference_impl/**/*.py",
        "tests/bench/**/*.py",
        "tests/mutants/*",
        "tests/variants/*",
        "tests/trouble/*.py",
    )
    for path in ROOT.glob(pattern)
    if path.is_file() and "out" not in path.parts and "__pycache__" not in path.parts
]
PHRASES = (
    *("gone on with", "in vain", "turns out", "turned out", "nothing of could", "let us wait"),
    *("stumble", "stumbles", "stumbled", "no doing of", "nobody's business", "held against", "by lot", "the dice"),
    *("as ever", "dearer", "no good", "to and fro", "night's run", "keeps the book", "whose account", "turned round"),
)
"""Phrases that are replaced by plain words: resumed, without success, is, fails, compared with, at random, as usual."""


@pytest.mark.parametrize("phrase", PHRASES)
def test_phrase_that_readers_stumble_over_stands_nowhere(phrase):
    found = re.compile(rf"\b{phrase}\b".replace(" ", r"\s+"), re.IGNORECASE)
    assert [str(path.relative_to(ROOT)) for path in FILES if found.search(path.read_text(encoding="utf-8"))] == []
