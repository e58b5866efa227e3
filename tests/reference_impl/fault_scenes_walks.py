"""Dialogues in which one use of a socket follows another, or runs beside it: where the faults of states show."""

PAIRS = (
    ("udp_client", "multi"),
    ("single", "client"),
    ("multi", "udp_server"),
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


WALKS = (one_use_behind_another, behind_a_long_session, beside_udp)
