"""Faults of the state that another use of a socket leaves, or that runs beside it on another socket."""

from dataclasses import replace
from typing import ClassVar

from reference_impl.core.answers import Answer
from reference_impl.core.effects import Close, Connect, Effect, Endpoint, Transmit
from reference_impl.core.events import Event, Received, Transmitted
from reference_impl.core.seams import Notice
from reference_impl.faults.registry import Fault, fault

MULTI, SINGLE, CLIENT, REFUSED = "multi-accept server", "single server", "TCP client", "refused TCP client"
UDP_SERVER, UDP_CLIENT = "UDP server", "UDP client"
OF_START = {b"P5=11": (MULTI, MULTI), b"P5=1": (SINGLE, UDP_SERVER), b"P6=1": (CLIENT, UDP_CLIENT)}
"""The use that a command starts: with TCP, with UDP."""


class _Behind(Fault):
    """Goes wrong in a use of kind `second` that follows a use of kind `first` on the same socket, and in no other."""

    first: ClassVar[str]
    second: ClassVar[str]

    def __init__(self) -> None:
        self._uses: dict[int, tuple[str, str]] = {}

    @property
    def wrong(self) -> bool:
        """True while the use of the selected socket is of kind `second` behind one of kind `first`."""
        return self._uses.get(self.module.selected) == (self.first, self.second)

    def answer(self, answer: Answer) -> Answer | None:
        """Note which use begins."""
        if self.module.running in OF_START:
            kind = OF_START[self.module.running][self.module.socket.datagram]
            if answer.ok or kind == CLIENT:
                before = self._uses.get(self.module.selected, ("", ""))[1]
                self._uses[self.module.selected] = (before, kind if answer.ok else REFUSED)
        return answer


@fault("killed-missing-behind-a-udp-client", breaks="P5=0 answers [TCP TSK] Killed, OK", source="WEB, transcript")
class KilledMissingBehindAUdpClient(_Behind):
    """A multi-accept server that follows a UDP client on its socket stops without the line Killed."""

    first, second = UDP_CLIENT, MULTI

    def answer(self, answer: Answer) -> Answer | None:
        """Leave the line Killed out."""
        seen = super().answer(answer)
        return replace(answer, payload=b"") if self.wrong and self.module.running == b"P5=0" else seen


@fault("first-send-lost-behind-a-single-server", breaks="S3 sends the bytes, as many as it says", source="UM 4.15")
class FirstSendLostBehindASingleServer(_Behind):
    """A TCP client that follows a single server on its socket counts its first packet and sends nothing."""

    first, second = SINGLE, CLIENT

    def __init__(self) -> None:
        super().__init__()
        self._lost: set[int] = set()

    def effect(self, effect: Effect) -> Effect | None:
        """Say that the packet was sent, and do not send it."""
        if not self.wrong or not isinstance(effect, Transmit) or not effect.data or effect.handle in self._lost:
            return effect
        self._lost.add(effect.handle)
        self.module.post(Transmitted(effect.handle, len(effect.data)))
        return None


@fault("udp-server-shown-behind-a-tcp-client", breaks="P?: field 7 is the UDP server", source="UM")
class UdpServerShownBehindATcpClient(_Behind):
    """After a TCP client on its socket, P? shows a UDP server when the server has stopped too."""

    first, second = CLIENT, UDP_SERVER

    def shown(self, fields: list[str]) -> list[str]:
        """Show 1."""
        return [*fields[:6], "1", *fields[7:]] if self.wrong and self.module.running == b"P?" else fields


@fault("loss-hidden-behind-a-udp-server", breaks="R0 = -1 means that the connection is lost", source="WEB")
class LossHiddenBehindAUdpServer(_Behind):
    """A single server that follows a UDP server on its socket never answers -1."""

    first, second = UDP_SERVER, SINGLE

    def lost(self, lost: bool) -> bool:
        """Say that the connection is not lost."""
        return lost and not self.wrong


@fault("udp-goes-to-the-former-tcp-remote", breaks="P6=1 takes P3 and P4 as they are", source="UM")
class UdpGoesToTheFormerTcpRemote(_Behind):
    """A UDP client that follows a TCP client on its socket sends to the remote of that TCP client."""

    first, second = CLIENT, UDP_CLIENT

    def __init__(self) -> None:
        super().__init__()
        self._remotes: dict[int, Endpoint] = {}

    def effect(self, effect: Effect) -> Effect | None:
        """Put the former remote in place of the present one."""
        if isinstance(effect, Connect):
            self._remotes[self.module.selected] = effect.remote
        if isinstance(effect, Transmit) and self.wrong:
            return replace(effect, remote=self._remotes.get(self.module.selected, effect.remote))
        return effect


@fault("next-keeps-client-behind-a-refused-call", breaks="P5=10: the client is closed", source="WEB, transcript")
class NextKeepsClientBehindARefusedCall(_Behind):
    """A multi-accept server that follows a TCP client that was refused keeps its clients open at P5=10."""

    first, second = REFUSED, MULTI

    def effect(self, effect: Effect) -> Effect | None:
        """Drop the closing."""
        return None if self.wrong and isinstance(effect, Close) and self.module.running == b"P5=10" else effect


@fault("udp-stop-ends-the-udp-of-all", breaks="P6=0 acts on the selected socket", source="WEB, first table; UM")
class UdpStopEndsTheUdpOfAll(Fault):
    """P6=0 of a UDP client ends UDP on every socket."""

    def answer(self, answer: Answer) -> Answer | None:
        """Close the other sockets without a word."""
        if self.module.running == b"P6=0" and self.module.socket.datagram:
            for socket in self.module.sockets:
                if socket.link is not None and socket.link.datagram:
                    self.module.close_link(socket)
        return answer


@fault("multi-start-ends-the-udp-of-others", breaks="P5 acts on the selected socket", source="WEB, first table; UM")
class MultiStartEndsTheUdpOfOthers(Fault):
    """P5=11 ends UDP on the other sockets."""

    def answer(self, answer: Answer) -> Answer | None:
        """Close the other sockets."""
        if self.module.running == b"P5=11" and answer.ok:
            for socket in self.module.sockets:
                if socket.link is not None and socket.link.datagram:
                    self.module.close_link(socket)
        return answer


SESSION = 128
"""Packets after which a session is long."""


class _LongSession(Fault):
    """Counts the packets that the connection of a socket has sent since its use began."""

    def __init__(self) -> None:
        self._sent: dict[int, int] = {}
        self._long: dict[int, bool] = {}

    def after_long(self, socket: int) -> bool:
        """True in the use that follows a long session on `socket`."""
        return self._long.get(socket, False)

    def answer(self, answer: Answer) -> Answer | None:
        """Count the packets; a start begins a new use."""
        socket = self.module.selected
        if answer.command in ("S3", "S0") and answer.ok:
            self._sent[socket] = self._sent.get(socket, 0) + 1
        if self.module.running in OF_START and answer.ok:
            self._long[socket], self._sent[socket] = self._sent.get(socket, 0) >= SESSION, 0
        return answer


@fault("udp-deaf-behind-a-long-session", breaks="R0 gives the datagram that has come", source="UM 4.14")
class UdpDeafBehindALongSession(_LongSession):
    """A UDP server that follows 128 packets of a connection on its socket loses every datagram."""

    def event(self, event: Event) -> Event | None:
        """Drop the datagram."""
        deaf = isinstance(event, Received) and event.peer is not None and self.after_long(self.module.selected)
        return replace(event, data=b"") if deaf and isinstance(event, Received) else event


@fault("notice-missing-behind-a-long-session", breaks="A client is announced", source="WEB, transcript; UM 5.6.1")
class NoticeMissingBehindALongSession(_LongSession):
    """The single server that follows a long session of a client on its socket sends no notice."""

    def notice(self, notice: Notice) -> Notice | None:
        """Drop the notice."""
        server = self.module.sockets[notice.socket].server
        return None if self.after_long(notice.socket) and server is not None and not server.multi else notice


@fault("client-deaf-behind-a-long-session", breaks="R0 answers the bytes of the remote", source="UM 4.14.1")
class ClientDeafBehindALongSession(_LongSession):
    """The TCP client that follows a long session on its socket reads no bytes."""

    def received(self, data: bytes) -> bytes:
        """Drop the bytes."""
        socket = self.module.socket
        ours = socket.role == "P6" and not socket.datagram and self.after_long(self.module.selected)
        return b"" if ours else data
