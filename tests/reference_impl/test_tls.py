"""TLS against real peers: a client and a server of Python's ssl, with certificates made in the run."""

import socket
import ssl

import pytest

from tests.reference_impl.authority import Authority
from tests.reference_impl.process import PATIENCE, Emulator, at_end, receive
from tests.reference_impl.tls_peer import TlsPeer

OK = b"\r\n\r\nOK\r\n> "
CONNECTED = b"\r\n[TCP  RC] Connecting to 127.0.0.1\r\nOK\r\n> "
TOLD = b"[SSL    ] Root CA verification failed\r\nOK\r\n> "


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("good"), "good")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("other"), "other")


@pytest.fixture(scope="module")
def pairs(authority, stranger):
    return {
        "good": authority.sign(),
        "expired": authority.sign(days=-1),
        "unknown": stranger.sign(),
        "other name": authority.sign("other.example"),
    }


@pytest.fixture
def emulator(request):
    options = getattr(request, "param", ())
    with Emulator("--tcp", "127.0.0.1:0", "--name", "localhost=127.0.0.1", *options) as running:
        yield running


def program(host, kind, content):
    host.send(b"PG=0,%d,%04d\r" % (kind, len(content)) + content)
    return host.until(b"> ")


def connect(host, peer, level, *commands, authority=None):
    if authority:
        assert program(host, 0, authority.root.pem) == OK
    for command in ("P1=3", "P3=127.0.0.1", f"P4={peer.port}", f"P9={level}", "R2=20000", *commands):
        assert host.at(command).endswith(b"OK\r\n> ")
    return host.at("P6=1")


def test_data_goes_both_ways_and_the_end_is_told(emulator, pairs, authority):
    with emulator.host() as host, TlsPeer(pairs["good"]) as peer:
        assert connect(host, peer, 2, authority=authority) == CONNECTED
        link = peer.link()
        link.sendall(b"\x00\r\nOK\r\n> from the peer")
        host.send(b"R0\r")
        assert host.until(b"from the peer\r\nOK\r\n> ") == b"\r\n\x00\r\nOK\r\n> from the peer\r\nOK\r\n> "
        host.send(b"S3=5\rhello")
        assert host.until(b"> ") == b"\r\n5\r\nOK\r\n> "
        assert receive(link, 5) == b"hello"
        link.sendall(b"last")
        link.close()
        assert host.at("R0") == b"\r\nlast\r\nOK\r\n> "
        assert host.at("R0").startswith(b"\r\n-1\r\nERROR")


def test_long_data_is_read_in_pieces_and_nothing_of_it_is_lost(emulator, pairs):
    with emulator.host() as host, TlsPeer(pairs["good"]) as peer:
        connect(host, peer, 0, "R1=1000")
        data = bytes(index % 251 for index in range(40000))  # no CR LF is among it
        peer.link().sendall(data)
        got = b""
        while len(got) < len(data):
            got += host.at("R0", b"\r\nOK\r\n> ")[2:-8]
        assert got == data


def test_module_ends_the_connection_in_order(emulator, pairs):
    with emulator.host() as host, TlsPeer(pairs["good"]) as peer:
        connect(host, peer, 0)
        link = peer.link()
        host.send(b"S3=3\rbye")
        host.until(b"> ")
        assert host.at("P6=0") == OK
        assert at_end(link) == b"bye"


@pytest.mark.parametrize(
    ("level", "kind", "joins"),
    [
        *((0, kind, True) for kind in ("good", "expired", "unknown", "other name")),
        *((1, "good", True), (1, "expired", False), (1, "unknown", False), (1, "other name", True)),
        *((2, "good", True), (2, "expired", False), (2, "unknown", False), (2, "other name", True)),
    ],
)
def test_each_level_takes_the_peers_that_it_should(emulator, pairs, authority, level, kind, joins):
    with emulator.host() as host, TlsPeer(pairs[kind]) as peer:
        answer = connect(host, peer, level, authority=authority)
        assert answer.endswith(b"OK\r\n> ") == joins
        assert (b"ERROR: Failed to connect" in answer) == (not joins)


def test_lost_connection_is_connected_anew_and_one_that_lives_is_kept(emulator, pairs):
    with emulator.host() as host, TlsPeer(pairs["good"]) as peer:
        assert connect(host, peer, 0) == CONNECTED
        assert b"ERROR" in host.at("P6=1")
        peer.link().close()
        assert host.at("R0").startswith(b"\r\n-1\r\nERROR")
        assert host.at("P6=1") == CONNECTED
        peer.link().sendall(b"again")
        assert host.at("R0") == b"\r\nagain\r\nOK\r\n> "


def test_root_that_fails_is_told_only_where_it_is_said_so(emulator, pairs, authority):
    with emulator.host() as host, TlsPeer(pairs["unknown"]) as peer:
        assert connect(host, peer, 1, "PB=1", authority=authority).endswith(TOLD)
        peer.link().sendall(b"x")
        assert host.at("R0") == b"\r\nx\r\nOK\r\n> "


@pytest.mark.parametrize("emulator", [("--variant", "tls-name-checked")], indirect=True)
@pytest.mark.parametrize(("kind", "joins"), [("good", True), ("other name", False)])
def test_name_is_looked_at_where_the_firmware_does(emulator, pairs, authority, kind, joins):
    with emulator.host() as host, TlsPeer(pairs[kind]) as peer:
        answer = connect(host, peer, 2, "D0=localhost", authority=authority)
        assert answer.endswith(b"OK\r\n> ") == joins


def test_peer_that_asks_is_shown_the_own_certificate(emulator, pairs, authority):
    own = authority.sign("module")
    with emulator.host() as host, TlsPeer(pairs["good"], authority=authority) as peer:
        assert b"ERROR" in connect(host, peer, 0)
        assert program(host, 1, own.pem + b"\0") == OK
        assert program(host, 2, own.key_pem) == OK
        assert host.at("P6=1") == CONNECTED
        assert peer.link().getpeercert()["subject"] == ((("commonName", "module"),),)


def test_version_is_1_2(emulator, pairs):
    with emulator.host() as host:
        with TlsPeer(pairs["good"], ssl.TLSVersion.TLSv1_3) as peer:
            assert b"ERROR" in connect(host, peer, 0)
        with TlsPeer(pairs["good"]) as peer:
            assert connect(host, peer, 0) == CONNECTED
            assert peer.link().version() == "TLSv1.2"


def test_rubbish_that_was_programmed_is_an_error_of_the_connection(emulator, pairs):
    with emulator.host() as host, TlsPeer(pairs["good"]) as peer:
        assert program(host, 0, b"no certificate at all") == OK
        assert b"ERROR: Failed to connect" in connect(host, peer, 2)
        assert host.at("P9=0") == OK
        assert host.at("P6=1") == CONNECTED


def test_peer_that_speaks_no_tls_or_closes_is_an_error(emulator):
    with emulator.host() as host, socket.create_server(("127.0.0.1", 0)) as server:
        for command in ("P1=3", "P3=127.0.0.1", f"P4={server.getsockname()[1]}"):
            host.at(command)
        for words in (b"HTTP/1.0 200 OK\r\n\r\n", b""):
            host.send(b"P6=1\r")
            plain, _ = server.accept()
            plain.sendall(words)
            plain.close()
            assert b"ERROR: Failed to connect" in host.until(b"\r\n> ")


def serve(host, pair):
    for kind, content in ((1, pair.pem), (2, pair.key_pem)):
        program(host, kind, content)
    for command in ("P1=3", "P2=0", "P5=11"):
        assert host.at(command).endswith(b"OK\r\n> ")
    return int(host.at("P?").split(b",")[2])


def secure_client(port, authority):
    context = ssl.create_default_context(cafile=authority.root.certificate)
    plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    return context.wrap_socket(plain, server_hostname="localhost")


def test_server_serves_one_client_after_the_other(emulator, pairs, authority):
    with emulator.host() as host:
        port = serve(host, pairs["good"])
        for word in (b"first", b"second"):
            with secure_client(port, authority) as client:
                assert b"Accepted 127.0.0.1" in host.until(b"\r\n> ")
                client.sendall(word)
                assert host.at("R0") == b"\r\n" + word + b"\r\nOK\r\n> "
                host.send(b"S3=2\rok")
                host.until(b"OK\r\n> ")
                assert receive(client, 2) == b"ok"
                assert b"Waiting" in host.at("P5=10")
                assert at_end(client) == b""
        assert b"Killed" in host.at("P5=0")


def test_client_that_speaks_no_tls_is_closed_and_the_next_one_served(emulator, pairs, authority):
    with emulator.host() as host:
        port = serve(host, pairs["good"])
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain:
            plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert closed(plain)
        with secure_client(port, authority):
            assert host.until(b"\r\n> ").startswith(b"\r\n[TCP SVR] Accepted 127.0.0.1:")


def closed(plain):
    """True when the module hangs up, in order or by a reset; what it said before (a TLS alert) is dropped."""
    try:
        while plain.recv(100):
            pass
    except ConnectionResetError:
        return True
    return True


def test_server_that_is_stopped_in_a_handshake_leaves_nothing_open(emulator, pairs):
    with emulator.host() as host:
        port = serve(host, pairs["good"])
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain:
            assert b"Killed" in host.at("P5=0")
            assert closed(plain)
        assert host.at("P0") == b"\r\n0\r\nOK\r\n> "
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
