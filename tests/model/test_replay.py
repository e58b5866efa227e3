"""``--replay FILE`` over each kind of line: the same, the first difference, and what is wrong with file or bench."""

import pytest

from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import Forms
from fixtures.drivers.line.frames import Answer
from fixtures.drivers.replay.file import Replay, Step, read_replay, write_replay
from fixtures.drivers.replay.record import Names, Replayer, reading_of
from fixtures.rigs.files import load_rig
from suites.campaigns.model.page import PAGE
from tests.model.live import LINES, emulator, run

WAITING = b"\r\n[TCP SVR] Waiting on connection \xe2\x80\xa6\r\nOK\r\n> "
OK = b"\r\n\r\nOK\r\n> "
STORY = [
    Step("command", send=b"P2=20017\r", got=OK),
    Step("connect", peer="early", port=20017, end="refused"),
    Step("command", send=b"P5=11\r", got=b"\r\n[TCP TSK] Multi-Accept Setup" + WAITING),
    Step("connect", peer="one", port=20017, source="127.0.0.1:40001", end="connected"),
    Step("notice", got=b"[TCP SVR] Accepted 127.0.0.1:40001"),
    Step("connect", peer="two", port=20017, source="127.0.0.1:40002", end="connected"),
    Step("send", peer="one", send=b"hello"),
    Step("read", got=b"hello", end="OK"),
    Step("command", send=b"S3=3\rabc", got=b"\r\n3\r\nOK\r\n> "),
    Step("receive", peer="one", got=b"abc"),
    Step("line", send=b"\r", got=b"\r\n> "),
    Step("command", send=b"P5=10\r", got=WAITING),
    Step("closed", peer="one"),
    Step("notice", got=b"[TCP SVR] Accepted 127.0.0.1:40002"),
    Step("close", peer="two"),
    Step("read", got=b"", end="-1 ERROR"),
    Step("repeat", send=b"S3=1\rx", got=b"\r\n-1\r\nOK\r\n> "),
    Step("command", send=b"P5=0\r", got=b"\r\n[TCP TSK] Killed\r\nOK\r\n> "),
]


def file_of(folder, steps, name="story.jsonl"):
    write_replay(folder / name, steps, {"title": "a story"})
    return folder / name


@pytest.fixture(scope="module")
def bench():
    """The emulator on a pty, open for all tests of this file."""
    made = Bench(load_rig("emulator"), Forms(answer_s=1.0))
    made.open()
    yield made
    made.close()


def replayed(bench, steps):
    bench.prepare()
    try:
        return Replayer(bench.at, bench.network, Replay(tuple(steps))).run()
    finally:
        bench.recover()


@pytest.mark.parametrize("line", LINES)
def test_story_goes_as_recorded_over_each_kind_of_line(tmp_path, line):
    path = file_of(tmp_path, STORY)
    with emulator(*LINES[line]) as url:
        ended = run(f"--replay={path}", f"--port={url}")
    assert ended.status == 0, ended.output
    assert "a story, 18 steps" in ended.output
    assert "the same: 18 of 18 steps went as recorded" in ended.output


def test_first_difference_is_shown_with_both_sides(tmp_path):
    steps = list(STORY)
    steps[8] = Step("command", send=b"S3=3\rabc", got=b"\r\n2\r\nOK\r\n> ")
    ended = run(f"--replay={file_of(tmp_path, steps)}")
    assert ended.status == 1, ended.output
    assert "different after 8 of 18 steps" in ended.output
    assert 'recorded: "\\r\\n2\\r\\nOK\\r\\n> "' in ended.output
    assert 'now:      "\\r\\n3\\r\\nOK\\r\\n> "' in ended.output


@pytest.mark.parametrize(
    ("number", "step", "now"),
    [
        (1, Step("connect", peer="early", port=20017, source="127.0.0.1:1", end="connected"), "refused"),
        (4, Step("notice"), '"[TCP SVR] Accepted <address>:<port of one>"'),
        (7, Step("read", got=b"help", end="OK"), '"hello" OK'),
        (9, Step("receive", peer="one", got=b"ab"), '"abc"'),
        (10, Step("line", send=b"\r", got=b"\r\nOK\r\n> "), '"\\r\\n> "'),
        (12, Step("closed", peer="one", end="still open"), "closed after nothing"),
        (15, Step("read", got=b"", end="OK"), '"" -1 ERROR'),
        (16, Step("repeat", send=b"S3=1\rx", got=b"\r\n1\r\nOK\r\n> "), '"\\r\\n-1\\r\\nOK\\r\\n> "'),
    ],
)
def test_every_kind_of_step_can_differ(bench, number, step, now):
    found = replayed(bench, [*STORY[:number], step])
    assert (found.number, found.now) == (number + 1, now)
    assert found.recorded != now


def test_notice_that_nobody_recorded_is_a_difference(bench):
    found = replayed(bench, STORY[:4])
    assert found.what == "after the last step"
    assert found.now == '"[TCP SVR] Accepted <address>:<port of one>"'


def test_connect_of_which_no_document_says_how_it_ends_is_not_compared(bench):
    either = Step("connect", peer="who", port=20017, source="127.0.0.1:1", end="either")
    assert replayed(bench, [either, Step("send", peer="who", send=b"x"), Step("close", peer="who")]) is None


def test_command_that_got_no_answer_is_the_same_while_it_gets_none(bench):
    assert replayed(bench, [Step("command", send=b"P0=0")]) is None


def test_bad_file_is_wrong_usage(tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"replay": 1}\n{"do": "dance"}\n', encoding="utf-8")
    ended = run(f"--replay={tmp_path / 'bad.jsonl'}")
    assert ended.status == 4
    assert 'bad.jsonl, line 2: "do" is one of' in ended.output


def test_bench_that_cannot_be_opened_says_nothing_of_the_module(tmp_path):
    ended = run(f"--replay={file_of(tmp_path, STORY)}", f"--port={tmp_path / 'nowhere'}")
    assert ended.status == 6
    assert "there is no port" in ended.output


def test_names_stand_for_ports_and_addresses_and_for_nothing_else():
    names = Names()
    names.add(20017, "<server port 1>")
    assert names.said(b"0,10.0.0.7,20017,0.0.0.0,120017") == b"0,<address>,<server port 1>,0.0.0.0,120017"


def test_example_of_the_page_is_a_replay_file(tmp_path):
    text = PAGE.read_text(encoding="utf-8").partition("For example:")[2]
    lines = [line.strip() for line in text.splitlines() if line.startswith("    {")]
    (tmp_path / "page.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert [one.do for one in read_replay(tmp_path / "page.jsonl").steps][-2:] == ["send", "read"]


def test_reading_tells_the_loss_from_the_characters_minus_one():
    lost = Answer(raw=b"", payload=b"-1", ok=True)
    assert reading_of(lost) == (b"", "-1 OK")
    assert reading_of(lost, may_be_data=True) == (b"-1", "OK")
    assert reading_of(Answer(raw=b"", payload=b"-1", ok=False, error=True), may_be_data=True) == (b"", "-1 ERROR")
