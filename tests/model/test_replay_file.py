"""Replay files: what is written is read again, and what is wrong is said with its line."""

import pytest

from fixtures.drivers.line.secrets import Secrets
from fixtures.drivers.replay.file import REQUIRED, ReplayFileError, Step, read_replay, write_replay

EVERY = [
    Step("command", send=b"P5=11\r", got=b"\r\n[TCP TSK] Multi-Accept Setup\r\nOK\r\n> "),
    Step("connect", peer="peer1", port=20017, source="127.0.0.1:40000", end="connected"),
    Step("notice", got=b"[TCP SVR] Accepted 127.0.0.1:40000"),
    Step("send", peer="peer1", send=bytes(range(256))),
    Step("read", got=bytes(range(256)), end="OK"),
    Step("repeat", send=b"S3=1\rx", got=b"\r\n-1\r\nOK\r\n> "),
    Step("line", send=b"\x00\xff\r", got=b"\r\n> "),
    Step("receive", peer="peer1", got=b"x"),
    Step("half_close", peer="peer1"),
    Step("close", peer="peer1"),
    Step("reset", peer="peer1"),
    Step("closed", peer="peer1"),
]


def test_every_kind_of_step_comes_back_as_it_was_written(tmp_path):
    write_replay(tmp_path / "new" / "a.jsonl", EVERY, {"title": "all"})
    found = read_replay(tmp_path / "new" / "a.jsonl")
    assert list(found.steps) == EVERY
    assert found.header == {"title": "all"}
    assert {one.do for one in EVERY} == set(REQUIRED)


def test_file_shows_control_characters_as_c_does(tmp_path):
    write_replay(tmp_path / "a.jsonl", EVERY[:1], {})
    second = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()[1]
    assert second.startswith('{"do": "command", "send": "P5=11\\r", "got": "\\r\\n[TCP TSK]')


def test_secret_of_the_run_is_not_written(tmp_path):
    secret = 'open "sésame"\\'
    steps = [Step("command", send=b"C?\r", got=f"\r\nLAB,{secret}\r\nOK\r\n> ".encode())]
    write_replay(tmp_path / "a.jsonl", steps, {"message": f"it said {secret}"}, Secrets([secret]))
    assert read_replay(tmp_path / "a.jsonl").steps[0].got == b"\r\nLAB,<secret>\r\nOK\r\n> "
    assert "sesame" not in (tmp_path / "a.jsonl").read_text(encoding="utf-8").replace("é", "e")
    assert "\\u00" not in (tmp_path / "a.jsonl").read_text(encoding="utf-8")


HEAD = '{"replay": 1}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the first line is"),
        ('{"do": "command"}', "the first line is"),
        ('{"replay": 2}\n{"do": "close"}', "the first line is"),
        (HEAD, "no step"),
        (HEAD + "P5=11", "line 2: not JSON"),
        (HEAD + "[1]", "line 2: one JSON object a line"),
        (HEAD + "\n" + '{"do": "dance"}', 'line 3: "do" is one of'),
        (HEAD + '{"do": "command", "send": "P0\\r"}', 'needs "got"'),
        (HEAD + '{"do": "command", "send": 5, "got": ""}', '"send" is a string'),
        (HEAD + '{"do": "line", "send": "\\u20ac", "got": ""}', "no byte"),
        (HEAD + '{"do": "connect", "peer": "a", "port": 70000, "end": ""}', "0 to 65535"),
        (HEAD + '{"do": "connect", "peer": "a", "port": true, "end": ""}', "0 to 65535"),
        (HEAD + '{"do": "line", "send": "", "got": "", "when": 1}', 'unknown key "when"'),
        (HEAD + '{"do": "close", "peer": "a"}', "no step before it connects 'a'"),
    ],
)
def test_bad_file_is_refused_with_what_is_wrong(tmp_path, text, said):
    (tmp_path / "a.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(ReplayFileError, match=r"a\.jsonl") as refused:
        read_replay(tmp_path / "a.jsonl")
    assert said in str(refused.value)


def test_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    with pytest.raises(ReplayFileError, match="cannot be read"):
        read_replay(tmp_path / "none.jsonl")
    (tmp_path / "b.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ReplayFileError, match="cannot be read"):
        read_replay(tmp_path / "b.jsonl")
