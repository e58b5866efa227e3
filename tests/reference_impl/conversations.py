"""Plays what a public driver says against an emulator, and holds the answers against what the driver looks for."""

import re
import socket
import tomllib
from pathlib import Path

from tests.reference_impl.process import PATIENCE, free_port, receive
from tests.reference_impl.tls_peer import TlsPeer

FOLDER = Path(__file__).parent / "conversations"
PROMPT = b"\r\n> "
OK_TAIL = b"\r\nOK\r\n> "
VERBS = ("say", "raw", "notice", "peer", "peer_sends", "peer_gets", "control")


def conversations():
    """Name and contents of each file."""
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}


class Player:
    """One conversation: the host on the line, the peers on the network side, the bench's hand.

    `pairs` are the certificates of TLS: "root", what it has signed ("known"), and what it has not ("unknown").
    """

    def __init__(self, emulator, host, bus, pairs):
        self.emulator, self.host, self.polled, self.pairs = emulator, host, bus == "mr", pairs
        self.names = {"PORT": free_port()}
        for name, pem in (("ROOT", pairs["root"].pem), ("CERT", pairs["known"].pem), ("KEY", pairs["known"].key_pem)):
            self.names |= {name: pem.decode("ascii"), f"{name}SIZE": f"{len(pem):04d}"}
        self.peer = self.listener = None
        self.opened = []
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.bind(("127.0.0.1", 0))
        self.datagrams.settimeout(PATIENCE)
        self.names["UDP"] = self.datagrams.getsockname()[1]

    def close(self):
        for one in (*self.opened, self.datagrams):
            one.close()

    def play(self, step):
        """Do one step; an AssertionError tells what the driver would have missed."""
        verb = next(name for name in VERBS if name in step)
        getattr(self, f"_{verb}")(step)

    def fill(self, text):
        return re.sub(r"\$([A-Z]+)", lambda match: str(self.names[match.group(1)]), text).encode("latin-1")

    def _say(self, step):
        self.host.send(self.fill(step["say"]) + b"\r" + self.fill(step.get("data", "")))
        self._judge(step)

    def _raw(self, step):
        self.host.send(self.fill(step["raw"]))
        self._judge(step)

    def _judge(self, step):
        if "bytes" in step:
            assert self.host.until(PROMPT) == self.fill(step["bytes"])
            return
        answer = self.host.until(PROMPT)
        while self.host.buffer.endswith(PROMPT):  # a payload may hold the prompt
            answer += self.host.until(PROMPT)
        if step.get("any"):
            return
        if "error" in step:
            assert not answer.endswith(OK_TAIL), answer
            assert re.search(self.fill(step["error"]), answer), answer
            return
        assert answer.startswith(b"\r\n"), answer
        assert answer.endswith(OK_TAIL), answer
        payload = answer[2 : -len(OK_TAIL)]
        wanted = b"" if step.get("ok") else self.fill(step["payload"])
        assert re.fullmatch(wanted, payload, re.DOTALL), answer

    def _notice(self, step):
        wanted = self.fill(step["notice"])
        if not self.polled:
            assert re.fullmatch(b"\r\n" + wanted + PROMPT, self.host.until(PROMPT))
            return
        while (message := self.host.at("MR")) == b"\r\n[SOMA][EOMA]\r\nOK\r\n> ":
            pass
        assert re.fullmatch(rb"\r\n\[SOMA\]" + wanted + rb"\[EOMA\]\r\nOK\r\n> ", message), message

    def _peer(self, step):
        if step["peer"] == "connect":
            where = (self.emulator.ready["ports"][0]["address"], self.names["PORT"])
            self.peer = socket.create_connection(where, timeout=PATIENCE)
            self.opened.append(self.peer)
        elif step["peer"] == "listen":
            self.listener = socket.create_server(("127.0.0.1", 0))
            self.listener.settimeout(PATIENCE)
            self.opened.append(self.listener)
            self.names["PEER"] = self.listener.getsockname()[1]
        elif step["peer"] == "tls":
            self.listener = TlsPeer(self.pairs[step.get("certificate", "known")])
            self.opened.append(self.listener)
            self.names["PEER"] = self.listener.port
        elif step["peer"] == "accept":
            tls = isinstance(self.listener, TlsPeer)
            self.peer = self.listener.link() if tls else self.listener.accept()[0]
            self.opened.append(self.peer)
        else:
            assert step["peer"] == "close"
            self.peer.close()

    def _peer_sends(self, step):
        data = self.fill(step["peer_sends"])
        if step.get("udp"):
            self.datagrams.sendto(data, ("127.0.0.1", self.names["PORT"]))
        else:
            self.peer.sendall(data)

    def _peer_gets(self, step):
        wanted = self.fill(step["peer_gets"])
        assert (self.datagrams.recv(2000) if step.get("udp") else receive(self.peer, len(wanted))) == wanted

    def _control(self, step):
        self.emulator.control(step["control"])
