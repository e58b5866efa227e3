"""Dialogues in which one use of a socket follows another, or runs beside it: where the faults of states show."""

PAIRS = (
    ("udp_client", "multi"),
    ("single", "client"),
    ("client", "udp_server"),
    ("udp_server", "single"),
    ("client", "udp_client"),
    ("refused", "multi"),
)
LONG = 130


def newest(scene):
    links = scene.bench.network.links
    return links[max(links)]


def served(scene, start):
    scene.at("P1=0", start)
    link = scene.client()
    scene.bench.arrive(link, b"words")
    scene.at("R0", b"S3=2\rhi", "R2=100")
    return link


def multi(scene):
    link = served(scene, "P5=11")
    scene.at("P5=10")
    scene.see(link)
    scene.at("P5=0")


def single(scene):
    link = served(scene, "P5=1")
    scene.bench.end(link)
    scene.at("R0", "P5=0")


def client(scene):
    scene.at("P1=0", "P3=127.0.0.1", "P4=5000", "P6=1")
    link = newest(scene)
    scene.bench.arrive(link, b"words")
    scene.at("R0", b"S3=2\rhi", "P6=0")
    scene.see(link)


def refused(scene):
    scene.at("P1=0", "P3=127.0.0.1", "P4=1", "P6=1", "P6=0")


def udp_server(scene):
    scene.at("P1=1", "P5=1")
    scene.bench.arrive(newest(scene), b"datagram", ("127.0.0.3", 9))
    scene.at("R0", "P5=0", "P?")


def udp_client(scene):
    scene.at("P1=1", "P3=127.0.0.1", "P4=7", "P6=1", b"S3=2\rhi", "P6=0")
    scene.see(newest(scene))


USES = {one.__name__: one for one in (multi, single, client, refused, udp_server, udp_client)}


def one_use_behind_another(scene):
    for socket, pair in enumerate(PAIRS):
        scene.at(f"P0={socket % 4}", f"P2={6000 + socket}")
        for name in pair:
            USES[name](scene)


def behind_a_long_session(scene):
    for socket, follower in enumerate((udp_server, single, client)):
        scene.at(f"P0={socket}", "P1=0", f"P2={7000 + socket}", "P3=127.0.0.1", "P4=5000", "P6=1")
        for _ in range(LONG):
            scene.bench.at(b"S3=1\rx")
        scene.at("P6=0")
        follower(scene)


def beside_udp(scene):
    scene.at("P0=1", "P1=1", "P2=6001", "P5=1")
    link = newest(scene)
    for command in ("P6=0", "P5=11"):
        scene.at("P0=0", f"P1={int(command == 'P6=0')}", "P2=6000", "P3=127.0.0.1", "P4=7", "P6=1", command, "P0=1")
        scene.see(link)
    scene.at("P0=2", "P2=6002", "P5=11")
    scene.see(link)


def a_full_window(scene):
    scene.at("S2=300", "P5=11")
    link = scene.client()
    link.room = 5
    scene.raw(b"S3=9\rnot whole", 1.0)
    scene.raw(b"", 9.0)
    scene.see(link)


def a_peer_that_acts_in_a_payload(scene):
    scene.at("P5=11", "S2=3000")
    link = scene.client()
    scene.raw(b"S3=6\rabc", 0.2)
    scene.bench.arrive(link, b"meanwhile")
    scene.raw(b"def")
    scene.at("R2=100", "R0")
    scene.raw(b"S3=6\rabc", 0.2)
    scene.bench.end(link, reset=True)
    scene.raw(b"def")


def a_remote_that_closes_its_side(scene):
    scene.at("P3=127.0.0.1", "P4=5000", "P6=1")
    link = newest(scene)
    scene.bench.end(link)
    scene.at("R0", "P6=0")
    scene.see(link)


def a_single_server(scene):
    scene.at("P5=1", "R2=100")
    link = scene.client()
    for limit, size in ((1460, 257), (4, 9)):
        scene.bench.arrive(link, bytes(size))
        scene.at(f"R1={limit}", "R0", "R0")
    scene.bench.end(link)
    scene.at("R0", "R0", "P5=0")


def a_client_alone(scene):
    scene.at("P3=127.0.0.1", "P4=5000", "P6=1", "S2=3000", "R2=100")
    link = newest(scene)
    scene.bench.arrive(link, b"-1")
    scene.at("R0")
    scene.bench.arrive(link, b"waits")
    scene.at("P0=0", "R0")
    for piece in (b"S3=6\r", b"ab", b"cdef"):
        scene.raw(piece, 0.3)
    for _ in range(46):
        scene.bench.at(b"S3=1460\r" + bytes(1460))
    scene.notes.append(len(link.got))
    scene.at("P6=0", "P1=1", "P6=1", b"S3=02\rhi")


def long_times(scene):
    scene.at("P4=4096", "S1=1023", "PK=1,4194304", "P?", "P5=11", "R2=1025", "S1=4", "S2=1025")
    scene.client()
    for command in (b"R0\r", b"S0\rab"):
        scene.raw(command, 0.5)
        scene.raw(b"", 10)


WALKS = (one_use_behind_another, behind_a_long_session, beside_udp)
WALKS += (a_full_window, a_peer_that_acts_in_a_payload, a_remote_that_closes_its_side, a_single_server, a_client_alone)
WALKS += (long_times,)
