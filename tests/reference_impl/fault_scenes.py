"""Dialogues on the table in which a fault shows: what the module said, when, and what it did on the network.

Each scene is a function of a bench; `play` writes down all of it. The sound module plays a scene the same each time.
"""

from reference_impl.core.events import Lost
from reference_impl.core.profile import Limits, Profile
from reference_impl.faults import build
from tests.reference_impl.core_bench import CoreBench

SIZES = (
    1,
    2,
    63,
    64,
    65,
    127,
    128,
    129,
    255,
    256,
    257,
    511,
    512,
    513,
    1023,
    1024,
    1025,
    1398,
    1399,
    1400,
    1458,
    1459,
    1460,
)
EDGES = {
    "P0": ("3", "9", "0"),
    "P1": ("3", "9", "0"),
    "P2": ("0", "65535", "65536", "12ab", "ab", "5024", "70000"),
    "P3": ("1.2.3.4", "1.2.3.256"),
    "P4": ("65535", "65536", "7"),
    "P8": ("0", "6", "7", "1"),
    "PK": ("1,250", "1,7200000", "1,249", "1,7200001", "2,3000", "0,3000"),
    "R1": ("1", "1460", "1461", "8"),
    "R2": ("0", "30000", "30001", "-1", "x", "200"),
    "S1": ("1", "0", "1460", "1461", "8"),
    "S2": ("0", "30000", "30001", "300"),
    "C3": ("0", "5", "99"),
    "C4": ("0", "2", "1"),
    "MS": ("1", "9", "a", "0"),
    "MT": ("1", "0"),
}


class Scene:
    """A bench that notes what is said in answer to each command, soon and late."""

    def __init__(self, faults, short_errors=1):
        self.bench = CoreBench(Profile(limits=Limits(short_errors=short_errors)), seams=build(faults))
        self.notes = []

    def at(self, *commands):
        for command in commands:
            soon = self.bench.at(command, 0.3)
            self.notes.append((command, soon, self.bench.run(1.0).take()))

    def raw(self, data, seconds=1.0):
        self.bench.send(data).run(seconds)
        self.notes.append((data, self.bench.take()))

    def client(self, number=1, server=None):
        link = self.bench.connect((f"127.0.0.{number}", 40000 + number), server)
        soon = self.bench.run(0.1).take()
        self.notes.append((number, soon, self.bench.run(0.9).take()))
        return link

    def see(self, *links):
        self.notes.append([(link.sent, link.closed) for link in links])
        self.notes.append(sorted(server.local for server in self.bench.network.servers.values()))


def settings(scene):
    for name, values in EDGES.items():
        for value in values:
            scene.at(f"{name}={value}", "P0", "P?", "R?", "S?")
    for socket in range(4):
        scene.at(f"P0={socket}", "P?", "R?", "S?", f"P2={7000 + socket}", "P1=1", "PK=1,3000", "R1=9")
    for socket in range(4):
        scene.at(f"P0={socket}", "P0", "P?", "R?", "S?")


def frames(scene):
    scene.at("", "XX", "XX", "P0", "p2=1", "P?", "MT", "MT=0", "XX", "MT=1", "P2=x", "P2=x")
    scene.raw(b"P0\r\n")
    scene.raw(b"P0=0\r\n")
    scene.at("$$$", "P0", "---", "P0")


def module(scene):
    scene.at(
        "I?", "Z5", "MR", "P0=2", "P2=7", "Z0", "P?", "P2=8", "P0=0", "P5=11", "P0=3", "ZR", "P0", "P0=2", "P?", "Z1"
    )
    scene.see()


def network(scene):
    scene.at("C1=" + "a" * 32, "C2=" + "b" * 63, "C3=2", "C?", "C0", "CS", "CR", "CD", "CS", "C?")
    scene.at("C1=NOSUCH", "C0", "CS", "C1=LAB", "C0", "C?", "P5=11")
    scene.see()


def queue(scene):
    scene.at("PK=1,3000", "P8=6", "P5=11", "P?")
    links = [scene.client(number) for number in range(2, 8)]
    for position, link in enumerate(links):
        scene.bench.arrive(link, b"bytes of %d" % position)
    links[3].ended = True
    for position, link in enumerate(links):
        scene.at("P?", "R0", b"S3=20\r" + b"%d" % position * 20, b"S3=2\rhi", "R0")
        scene.see(*links)
        scene.bench.arrive(link, b"unread")
        scene.at("P5=10")
    scene.at("P5=0", "P5=0", "P?")
    scene.see(*links)


def many(scene):
    scene.at("P5=11")
    for number in range(2, 30):
        link = scene.client(number)
        scene.see(link)
        scene.at("P5=10")


def runs(scene):
    scene.at("P4=7")
    for command in ("P5=11", "P5=11", "P5=11", "P5=11", "P5=1"):
        scene.at(command)
        link = scene.client(2)
        scene.bench.arrive(link, b"read this first")
        scene.at("R0", "P?")
        scene.bench.arrive(link, b"this not")
        scene.at("P5=0")
        scene.see(link)
    scene.at("P2=9", "P?")
    scene.see()


def reading(scene):
    scene.at("P5=11", "R2=200")
    link = scene.client(2)
    for size in SIZES:
        scene.bench.arrive(link, bytes((position * 7) & 0xFF for position in range(size)))
        scene.at("R0")
    for data in (b"a\r\nb\r\n", b"a\0b", b"a\r\nOK\r\n> b", b"\r\n> c", b"an ERROR", b"-1", b"\x15\x15", b"ab"):
        scene.bench.arrive(link, data)
        scene.at("R0")
    scene.at("R1=3")
    scene.bench.arrive(link, b"0123456789")
    scene.at("R0", "R0", "R0", "R0", "R0")


def waiting(scene):
    scene.at("P5=11", "PK=1,1000")
    scene.client(2)
    for timeout in (100, 600):
        scene.at(f"R2={timeout}")
        for pause in (timeout / 2000, timeout / 1500, timeout / 400):
            scene.bench.send(b"R0\r").run(pause)
            scene.notes.append(scene.bench.take())
            scene.bench.run(10)
            scene.notes.append(scene.bench.take())


def sending(scene):
    scene.at("P5=11")
    link = scene.client(2)
    for size in SIZES:
        scene.at(b"S3=%d\r" % size + bytes((position * 7) & 0xFF for position in range(size)))
        scene.see(link)
    scene.at(
        b"S3=010\r0123456789",
        b"S3=0003\rabc",
        b"S3=3\rabcdef",
        b"S3=4\ra\r\nb",
        b"S3=3\ra\0b",
        b"S3=1460\r" + b"x" * 1460,
    )
    scene.at(b"S3=0\r", b"S3=1461\r" + b"x" * 1461, "S1=4", "S2=200")
    scene.raw(b"S0\rabcd")
    scene.raw(b"S0\rab", 0.5)
    scene.raw(b"", 10)
    scene.see(link)


def losing(scene):
    scene.at("P5=11", "R2=100")
    for reset in (False, True):
        link = scene.client(2)
        scene.bench.arrive(link, b"last words")
        scene.bench.end(link, reset=reset)
        scene.at("R0", "R0", "R0", b"S3=1\rx", "R0")
        scene.client(3)
        scene.at("P5=10", "P5=10")


def vanishing(scene):
    scene.at("PK=1,3000", "P5=11", "R2=100")
    link = scene.client(2)
    scene.bench.send(b"R0\r")
    link.reset = True
    scene.bench.tell(Lost(scene.bench.network.accepted[-1], "Connection timed out"))
    scene.bench.run(1)
    scene.notes.append(scene.bench.take())
    scene.at("R0", b"S3=1\rx", "P5=10")
    scene.client(3)
    for socket in (0, 1):
        scene.at(f"P0={socket}", f"PK={socket},5000", f"P2={6000 + socket}", "P5=0", "P5=11")
        scene.client(4)
    scene.notes.append([repr(effect) for effect in scene.bench.network.log])


def sockets(scene):
    links = []
    for socket in range(3):
        scene.at(f"P0={socket}", f"P2={6000 + socket}", "P5=11")
        scene.at("P0=3")
        links.append(scene.client(2))
        scene.at("P0")
    scene.bench.end(links[0])
    for socket in range(3):
        scene.bench.arrive(links[socket], b"for %d" % socket)
        scene.at(f"P0={socket}", "R0", "R0")
    scene.at("P0=1", "P5=10", "P0=2", "P5=0", "P0=0", "P0", "R0")
    scene.see(*links)


def connecting(scene):
    scene.at("P3=127.0.0.1", "P4=1", "P6=1", "P4=5000", "P6=1", "P6=0", "P4=5001", "P6=1")
    links = list(scene.bench.network.links.values())
    for link in links:
        scene.bench.end(link)
    scene.at("R0", b"S3=1\rx", "P6=0")
    scene.see(*links)
    scene.notes.append([repr(effect) for effect in scene.bench.network.log])


def datagrams(scene):
    scene.at("P1=1", "P5=1", "P?", "R1=4")
    link = scene.bench.network.links[max(scene.bench.network.links)] if scene.bench.network.links else None
    for _ in range(3):
        if link is not None:
            scene.bench.arrive(link, b"abcdef", ("127.0.0.3", 9))
        scene.at("R0")
    scene.at(
        "P5=0", "P?", "P3=127.0.0.1", "P4=9", "P6=1", b"S3=1000\r" + b"y" * 1000, "P6=0", "P4=10", "P6=1", b"S3=1\rz"
    )
    scene.notes.append([repr(effect) for effect in scene.bench.network.log])


def explaining(scene):
    scene.at("XX", "P2=x", "R0")


def elsewhere(scene):
    scene.at("P0=1", "P2=6001", "P8=6", "P5=11")
    for number in range(2, 6):
        scene.client(number)
    scene.at("P5=10", "P5=10", "P5=0", "P0=2", "P2=6002", "P5=11")
    for number in range(2, 7):
        scene.client(number)
        scene.at("S1=700", "P5=10", "S?")
    scene.at("P5=0", "P0=3", "P2=6003", "P5=11", "P5=0")
    scene.at("P0=0", "MT=0", "P0=1", "XX", "MT=1", "XX", "P0=0", "XX", "C3=3", "C1=a name", "C?")
    scene.notes.append([repr(effect) for effect in scene.bench.network.log])


def later(scene):
    scene.at("PK=1,3000", "P5=11", "P0=1", "P2=6001", "P5=11", "P0=0", "R2=2000")
    link = scene.client(2, min(scene.bench.network.servers))
    scene.bench.send(b"R0\r")
    scene.client(3)
    scene.bench.run(3)
    scene.at("P0=1", "R0", "P0=0", "R2=100")
    for size in (7, 9, 100):
        scene.bench.arrive(link, b"0123456789")
        scene.at(f"R1={size}", "R0", "R0")
    for seconds in (0.3, 0.6):
        scene.at("S1=4", f"S2={int(seconds * 1000)}")
        scene.raw(b"S0\rab", seconds - 0.05)
        scene.raw(b"", 10)
    scene.at(b"S3=000001\rx", "R2=600")
    scene.raw(b"R0\r", 0.3)
    scene.raw(b"", 10)
    scene.bench.end(link)
    scene.at("R0", "P5=0")


def waiting_elsewhere(scene):
    scene.at("P3=127.0.0.1", "P4=5000", "P6=1", "R2=100", "S2=200", "S1=4")
    for _ in range(2):
        for command in (b"R0\r", b"S0\rab"):
            scene.raw(command, 1.0)
            scene.raw(b"", 10)
        scene.at("P6=0", "P1=1", "P6=1")


SCENES = (settings, frames, module, network, queue, many, runs, reading, waiting, sending, losing, vanishing, sockets)
SCENES += (connecting, datagrams, explaining, elsewhere, later, waiting_elsewhere)


def play(scene, *faults):
    """All that was seen in the scene."""
    stage = Scene(faults, short_errors=0 if scene is explaining else 1)
    try:
        scene(stage)
    except (KeyError, ValueError, IndexError) as stop:  # the network's far side is not where a sound module has it
        stage.notes.append(f"the scene cannot go on: {stop!r}")
    return stage.notes
