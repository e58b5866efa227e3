"""Each fault breaks its promise, and without it the promise is kept."""

import pytest

from reference_impl.core.effects import Close
from reference_impl.core.profile import Limits, Profile
from reference_impl.core.seams import Notice, in_turn
from reference_impl.faults import FAULTS, UnknownFault, build
from reference_impl.faults.notices import AcceptFault
from reference_impl.faults.registry import Fault, fault
from tests.reference_impl.core_bench import OK, CoreBench, payload
from tests.reference_impl.fault_scenes import SCENES as SOCKETS
from tests.reference_impl.fault_scenes import play
from tests.reference_impl.fault_scenes_beyond import BEYOND
from tests.reference_impl.fault_scenes_walks import WALKS

ERROR = b"\r\nERROR\r\n> "
SCENES = (*SOCKETS, *BEYOND, *WALKS)
LOST = b"\r\n-1\r\nERROR\r\n> "
NOTICE = b"\r\n[TCP SVR] Accepted 127.0.0.9:40001\r\n> "


def module(*faults):
    bench = CoreBench(Profile(limits=Limits(short_errors=1)), seams=build(faults))
    bench.at("P5=11")
    return bench


def serving(*faults):
    bench = module(*faults)
    client = bench.connect()
    bench.run(0.05)
    bench.take()
    return bench, client


def notice(*faults):
    bench = module(*faults)
    bench.connect()
    return bench.run(1.0).take()


def one_read(*faults):
    bench, client = serving(*faults)
    bench.arrive(client, b"hello")
    return bench.at("R0")


def one_send(*faults):
    return serving(*faults)[0].at(b"S3=3\rabc")


def lost_read(*faults):
    bench, client = serving(*faults)
    bench.end(client)
    return [bench.at("R0") for _ in range(2)]


def port_after_stop(*faults):
    bench, client = serving(*faults)
    bench.at("P5=0")
    return client.closed, len(bench.network.servers)


def client_after_next(*faults):
    bench, client = serving(*faults)
    bench.at("P5=10")
    return client.closed


def client_after_next_and_stop(*faults):
    bench, client = serving(*faults)
    bench.at("P5=0")
    return client.closed


def second_notice(*faults):
    bench, _client = serving(*faults)
    bench.connect(("127.0.0.8", 8))
    return bench.run(1.0).take()


def clients_until_silence(*faults):
    bench = module(*faults)
    for number in range(25):
        bench.connect(("127.0.0.1", 2000 + number))
        bench.run(0.05)
        bench.take()
        if not bench.at("P5=10"):
            return number + 1
    return None


def backlog(*faults):
    return [module(*faults).at(f"P8={value}") for value in (5, 6, 7)]


def other_sockets(*faults):
    bench = module(*faults)
    bench.at("P0=1")
    bench.at("P2=81")
    bench.at("P0=2")
    return bench.at("P?")[2:-8].split(b",")[2]


# What is observed, without the fault, and with it.
BREAKS = {
    "notice-missing": (notice, NOTICE, b""),
    "notice-wrong-port": (notice, NOTICE, NOTICE.replace(b"40001", b"40002")),
    "next-keeps-client": (client_after_next, True, False),
    "read-loses-byte": (one_read, payload(b"hello"), payload(b"hell")),
    "count-off-by-one": (one_send, payload(b"3"), payload(b"4")),
    "minus-one-never": (lost_read, [LOST, LOST], [OK, OK]),
    "port-stays-open": (port_after_stop, (True, 0), (True, 1)),
    "second-client-at-once": (second_notice, b"", b"\r\n[TCP SVR] Accepted 127.0.0.8:8\r\n> "),
    "hang-after-20-accepts": (clients_until_silence, None, 20),
    "backlog-6-refused": (backlog, [OK, OK, ERROR], [OK, ERROR, ERROR]),
    "prompt-without-space": (one_send, payload(b"3"), b"\r\n3\r\nOK\r\n>"),
    "settings-shared": (other_sockets, b"5024", b"81"),
}


@pytest.fixture(scope="module")
def sound():
    return {scene: play(scene) for scene in SCENES}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_a_sound_module_plays_a_scene_to_its_end_and_the_same_each_time(scene, sound):
    assert play(scene) == sound[scene]
    assert "cannot go on" not in repr(sound[scene][-1])


@pytest.mark.recipe
@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_shows(name, sound):
    shown = any(play(scene, name) != sound[scene] for scene in SCENES)
    assert shown, f"no scene shows {name}: write one in fault_scenes.py or fault_scenes_beyond.py"


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_a_fault_breaks_its_promise_and_without_it_the_promise_is_kept(name):
    observe, sound, faulty = BREAKS[name]
    assert observe() == sound
    assert observe(name) == faulty


def test_next_keeps_client_still_closes_it_at_the_end():
    assert client_after_next_and_stop("next-keeps-client")


@pytest.mark.recipe
def test_each_fault_says_what_it_breaks_and_where_that_stands():
    for name, kind in FAULTS.items():
        assert kind.name == name
        assert kind.breaks, name
        assert kind.source, name
        assert kind.__doc__, name


def test_faults_are_combined():
    assert notice("notice-wrong-port", "notice-wrong-port") == NOTICE.replace(b"40001", b"40003")
    bench, client = serving("read-loses-byte", "prompt-without-space")
    bench.arrive(client, b"hello")
    assert bench.at("R0") == b"\r\nhell\r\nOK\r\n>"


def test_two_modules_do_not_share_what_a_fault_remembers():
    assert clients_until_silence("hang-after-20-accepts") == 20
    assert clients_until_silence("hang-after-20-accepts") == 20


def test_an_unknown_fault_is_named():
    with pytest.raises(UnknownFault, match="no fault nonsense"):
        build(["notice-missing", "nonsense"])


def test_a_name_is_taken_once():
    with pytest.raises(ValueError, match="notice-missing"):
        fault("notice-missing", breaks="x", source="x")(type("Other", (Fault,), {}))


def test_seams_that_nobody_overrides_change_nothing():
    plain, seamed = CoreBench(), CoreBench(seams=[Fault(), Fault()])
    for bench in (plain, seamed):
        for command in ("P?", "P5=11", "R0", "S3=1", "C?", "I?", "XX", "P5=0"):
            bench.at(command, 10.0)
    assert [repr(piece) for piece in plain.pieces] == [repr(piece) for piece in seamed.pieces]
    assert any(isinstance(effect, Close) for effect in seamed.network.log)


@pytest.mark.parametrize("name", [name for name, kind in FAULTS.items() if issubclass(kind, AcceptFault)])
def test_fault_of_a_clients_notice_leaves_what_else_is_told(name):
    lease = Notice("[AP DHCP] Assigned 02:00:00:00:00:07 has 192.168.10.2", 0, 0.0)
    (seam,) = build([name])
    assert seam.notice(lease) == lease


class Appends(Fault):
    """Adds a byte to frames and lines, and drops a line that ends in the byte."""

    def __init__(self, byte: bytes) -> None:
        self.byte = byte

    def frame(self, frame: bytes) -> bytes:
        return frame + self.byte

    def line(self, text: bytes) -> bytes | None:
        return None if text.endswith(self.byte) else text + self.byte


def test_seams_of_several_faults_are_passed_in_the_order_in_which_they_were_named():
    seams = in_turn([Appends(b"1"), Appends(b"2"), Appends(b"3")])
    assert seams.frame(b"0") == b"0123"
    assert seams.line(b"0") == b"0123"
    assert seams.output(b"0") == b"0"


def test_what_one_fault_drops_the_next_is_not_asked_for():
    seams = in_turn([Appends(b"1"), Appends(b"1"), Appends(b"3")])
    assert seams.line(b"0") is None
