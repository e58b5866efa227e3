"""A serial server that refuses or drops its client is an error of the bench; the message quotes the server."""

import contextlib
import select
import socket
import threading

import pytest

from fixtures.drivers.bench import waking
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import Forms
from fixtures.errors import RigError
from fixtures.rigs import Rig, SerialSettings
from reports.record.status import ExitStatus
from tests.fixtures.runs import Emulator, Run
from tests.trouble.between import Between
from tests.trouble.test_blame import CHANGES

FEW = ("suites/framing", "-k", "success or query")
TELNET = b"\xff\xfb\x03\xff\xfd\x03\xff\xfb\x01\xff\xfe\x01\xff\xfd\x00\xff\xfb\x00\xff\xfd,"


class Server:
    """A server on loopback; a context manager. It calls ``serve`` with each client, one after the other."""

    def __init__(self, serve):
        self._serve = serve
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            with client, contextlib.suppress(OSError):
                self._serve(client)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()


class Dropping:
    """Passes bytes between its clients and ``port``. Closes a connection once, after ``after`` bytes of the module."""

    def __init__(self, port, after):
        self.left = after
        self.dropped = 0
        self._port = port

    def __call__(self, client):
        with socket.create_connection(("127.0.0.1", self._port)) as module:
            other = {client: module, module: client}
            while True:
                for one in select.select([client, module], [], [])[0]:
                    data = one.recv(4096)
                    if not data:
                        return
                    other[one].sendall(data)
                    self.left -= len(data) if one is module else 0
                if self.left <= 0 and not self.dropped:
                    self.dropped += 1
                    return


@pytest.mark.parametrize(("scheme", "before"), [("socket", b""), ("rfc2217", TELNET)])
def test_server_whose_port_somebody_else_holds_is_quoted(tmp_path, scheme, before):
    with Server(lambda client: client.sendall(before + b"Port already in use\r\n")) as server:
        ended = Run(tmp_path)(f"--port={scheme}://127.0.0.1:{server.port}", *FEW)
    assert ended.status == ExitStatus.BENCH, ended.output
    assert ended.problem["blame"] == "rig"
    assert 'The server\'s last words: "Port already in use"' in ended.problem["message"]
    assert "Traceback" not in ended.output


@pytest.mark.parametrize("after", [1100, 1400, 3000])
@pytest.mark.parametrize("scheme", ["tcp", "rfc2217"])
def test_line_that_a_server_drops_is_opened_again(tmp_path, scheme, after):
    """The connection is closed during the probe or in a case: that depends on the bytes. The outcome is the same."""
    with Emulator(f"--{scheme}", "127.0.0.1:0", "--joined", "LAB", "--stay", "--address", "127.0.0.31") as module:
        drop = Dropping(int(module.url.rpartition(":")[2]), after)
        with Server(drop) as server:
            url = f"{'socket' if scheme == 'tcp' else scheme}://127.0.0.1:{server.port}"
            ended = Run(tmp_path)(f"--port={url}", *FEW)
    assert drop.dropped == 1
    assert ended.status == ExitStatus.CONFORMING, ended.output
    assert {one["verdict"] for one in ended.record["cases"]} <= {"pass", "observed", "not_applicable"}


def send_back(client):
    while data := client.recv(4096):
        client.sendall(data)


def ask_for_a_login(client):
    while client.recv(4096):
        client.sendall(b"\r\nlab login: \x1b[0m")


def say_nothing(client):
    while client.recv(4096):
        pass


NO_MODULES = {
    send_back: "What was sent has come back as it was, and nothing else: are RX and TX bridged?",
    ask_for_a_login: r"this has come from it: \r\nlab login: \x1b[0m",
    say_nothing: "Nothing has come from it.",
}


class Talking:
    """A device that sends a sentence every ``every`` seconds and does not listen, such as a GPS receiver."""

    def __init__(self, every):
        self.every = every

    def __call__(self, client):
        with contextlib.suppress(OSError):
            while True:
                client.sendall(b"$GPGGA,123519,4807.038,N,01131.000,E,1,08\r\n")
                if select.select([client], [], [], self.every)[0] and not client.recv(4096):
                    return


@pytest.mark.timeout(20)
@pytest.mark.parametrize("every", [0.05, 0.15], ids=["without a pause", "with pauses"])
def test_device_that_talks_and_does_not_listen_is_given_up_soon(monkeypatch, every):
    monkeypatch.setattr(waking, "LEFT_OVER_S", 0.5)
    monkeypatch.setattr(waking, "WAKE_S", 0.3)
    monkeypatch.setattr(waking, "TALK_S", 0.2)
    with Server(Talking(every)) as server:
        bench = Bench(Rig("odd", serial=SerialSettings(f"socket://127.0.0.1:{server.port}")), Forms())
        with pytest.raises(RigError, match="but this has come from it: \\$GPGGA"):
            bench.open()
        bench.close()


@pytest.mark.parametrize("other", NO_MODULES)
def test_port_at_which_no_module_answers_is_told_with_what_came_instead(monkeypatch, other):
    monkeypatch.setattr(waking, "WAKE_S", 0.2)
    with Server(other) as server:
        bench = Bench(Rig("odd", serial=SerialSettings(f"socket://127.0.0.1:{server.port}")), Forms(answer_s=0.3))
        with pytest.raises(RigError, match="does not answer at 115200 baud") as caught:
            bench.open()
        bench.close()
    assert NO_MODULES[other] in str(caught.value)


def test_run_over_a_line_that_eats_bytes_ends_with_the_benchs_status_and_the_cure(tmp_path):
    with Between() as line:
        line.to_module, line.to_host, _ = CHANGES["xonxoff"]
        ended = Run(tmp_path)(f"--port={line.url}", "--ssid=LAB", "suites/data", "suites/framing")
    assert ended.status == ExitStatus.BENCH
    assert ended.record["cases"] == []
    assert ended.problem["blame"] == "rig"
    assert "switch software flow control off where the port is offered (XONXOFF)" in ended.problem["message"]
