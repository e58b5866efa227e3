"""Dialogues beyond the sockets in which a fault shows: scan, access point, addresses, names, ping, TLS, identity."""

from reference_impl.core.effects import Connect, Listen
from reference_impl.core.outside import carry_out


def outside(scene, do, **fields):
    """A request of the control socket, and what the module says then."""
    bench = scene.bench
    answer = carry_out([bench.module], {"do": do, **fields}, bench.now)
    bench.engine.advance(bench.now)
    bench._settle()
    scene.notes.append((answer, bench.run(1.0).take()))


def program(scene, kind, data):
    scene.raw(b"PG=0,%d,%d\r" % (kind, len(data)) + data)


def identity(scene):
    scene.at("Z?", "Z5", "Z8", "ZS", "ZS", "ZD", "U?", "B?", "I?", "Z3=1", "U2=19200", "U?")
    scene.at("ZN=" + "n" * 32, "I?", "Z?", "Z7=87654321", "Z8", "Z?")


def addresses(scene):
    scene.at("C5=0", "CB=10", "CC=3", "CE=1", "CN=FR", "CF=80", "CJ=1,224.0.0.5", "CV", "C?")
    scene.at("C4=0", "C6=10.0.0.9", "C7=255.255.0.0", "C8=10.0.0.1", "C9=10.0.0.2", "CA=10.0.0.3", "C?", "C0", "C?")
    scene.at("CD", "C?", "C6=10.0.0.9", "C4=1", "C0", "C?", "CD", "C?")


def scan(scene):
    scene.at("F0", "F?", "F1=255", "F2=5000", "F3=14", "F?", "F3=0", "F1=0", "F6=2", "F5=Office", "F0", "F5=#", "F0")
    scene.at("P5=1")
    link = scene.client()
    scene.bench.arrive(link, b"kept")
    scene.at("F0", "R0", "CD", "F0")


def names(scene):
    scene.at("D0=some.example", "P?", "P0=1", "P?", "D0=10.1.2.3", "P?", "D0=NOSUCH.example", "P?", "D0=" + "n" * 60)
    scene.at("D1=1,name", "D2=0,web,_web._tcp.local,80,60", "C0")


def ping(scene):
    scene.at("T?", "T1=127.0.0.1", "T2=2", "T3=7", "T?", "T0", "T2=255", "T3=5000", "T?")


def access_point(scene):
    scene.at("AS=0,mine", "A1=3", "A2=" + "k" * 32, "AC=11", "AL=1", "AT=4", "Z6=192.168.1.1", "A?", "AD", "A?")
    outside(scene, "station", mac="AC:72:89:55:CE:36")
    scene.at("AR", "MS=1")
    outside(scene, "station", mac="AC:72:89:55:CE:37")
    scene.at("AE", "A?", "AR")


def page(scene):
    scene.raw(b"A0\r")
    outside(scene, "state")
    scene.raw(b"\x11")
    scene.at("A?")


def secure(scene):
    for kind, data in enumerate((b"authority", b"certificate", b"key")):
        program(scene, kind, data)
    program(scene, 2, b"key")
    scene.at("PE", "PE=0", "PA=0,own", "P1=3", "P3=10.0.0.1", "P4=3", "PB=1")
    for level in (0, 1, 2):
        scene.at(f"P9={level}", "P6=1", "P6=0")
    scene.at("PF=0,2", "P9=0", "P6=1", "P6=0", "PF=0,0", "P5=1", "P5=0")
    asked = [one for one in scene.bench.network.log if isinstance(one, Connect | Listen)]
    scene.notes.append([(one.tls, one.tls and one.tls.key) for one in asked])
    scene.notes.append(sum(not link.closed for link in scene.bench.network.links.values()))


BEYOND = (identity, addresses, scan, names, ping, access_point, page, secure)
