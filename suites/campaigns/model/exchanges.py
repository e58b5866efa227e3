"""The steps of a walk that read and send bytes, and those that are one command with its answer."""

from fixtures.drivers.peers import PeerClosed, PeerTimeout
from fixtures.errors import ModuleFault
from suites.campaigns.model.crowd import Crowd
from suites.campaigns.model.table import BAD, READ_NONE, SET_PORT, STATUS, STOP, ModelRow
from suites.steps.flows import is_lost, read_exactly, read_until_lost, send_exactly, send_until_lost, tail_of

BAD_COMMAND = "QQ"
"""A command that no document describes."""


class Exchanges(Crowd):
    """What must be seen of bytes that are read or sent, and of the answers to other commands.

    The method for a row is named after the row's ``sees``. Each raises ModuleFault with the requirement that is broken.
    """

    def _see_the_bytes(self, row: ModelRow, _event: str) -> None:
        client = self._served
        try:
            read_exactly(self.at, client.unread, self.profile.seconds("transfer"))
        except ModuleFault as fault:
            early = client.early and "MA-EARLY-BYTES" in row.requirements
            fault.requirement = "MA-EARLY-BYTES" if early else row.requirements[0]
            raise
        client.unread, client.early = b"", False

    def _see_nothing(self, row: ModelRow, _event: str) -> None:
        answer = self.at.read()
        self.case.require(row.requirements[0], answer.ok and not is_lost(answer), "the empty success", answer)
        if answer.payload:
            self.case.require(self._broken_by(answer.payload, row), False, "no byte: all was read", answer)

    def _broken_by(self, data: bytes, row: ModelRow) -> str:
        """The requirement that unexpected bytes break: bytes of a waiting client, or of a client that has left."""
        waiting = any(data[:9] in one.unread for one in self._queue)
        wanted = "MA-OWN-BYTES" if waiting else "MA-NO-STALE-BYTES"
        own = [one for one in row.requirements if one in (wanted, "SS-NO-STALE-BYTES")]
        return own[0] if own else row.requirements[0]

    def _see_lost(self, row: ModelRow, _event: str) -> None:
        client = self._served
        data, answer = read_until_lost(self.at, self.profile.seconds("lost"), client.maybe)
        good = client.maybe.startswith(data)
        self.case.require(row.requirements[0], good, "-1, and no byte that nobody sent", data)
        tail = tail_of(answer).split()[0]
        self.case.require(row.requirements[0], tail in self.profile.forms.lost_tail, "a declared tail", answer)
        client.maybe = b""
        if self._queue:
            self.at.drain(quiet=0.03)  # a module that takes the next by itself says so now

    def _see_lost_sending(self, _row: ModelRow, _event: str) -> None:
        send_until_lost(self.at, self.profile.seconds("lost"))
        client = self._served
        client.maybe, client.unread = client.unread + client.maybe, b""

    def _see_counted(self, size: int) -> None:
        client = self._served
        data = self._token(size, f"to {client.peer.name}")
        try:
            send_exactly(self.at, client.peer, data, self.profile.seconds("transfer"))
        except (PeerTimeout, PeerClosed):
            self.recorder.received(client.peer, client.peer.received[-size:])
            raise
        self.recorder.received(client.peer, data)
        self._others_receive_nothing()

    def _others_receive_nothing(self) -> None:
        for one in (*self._queue, *self._others):
            if not one.left and (got := one.peer.receive_available(0.0)):
                requirement = "MA-SEND" if self._server.mode == 11 else "SS-ONE-AT-A-TIME"
                self.case.require(requirement, False, "only the served client receives what is sent", got)

    def _see_served(self, row: ModelRow, _event: str) -> None:
        fields = self.at("P?").fields
        want = [self._served.peer.address, "1"]
        got = [*fields[1:2], *fields[5:6]]
        self.case.require(
            row.requirements[0], got == want, "the client's address in field 2 of P?, 1 in field 6", fields
        )

    def _see_no_server(self, row: ModelRow, _event: str) -> None:
        fields = self.at("P?").fields
        self.case.require(row.requirements[0], fields[5:6] == ["0"], "0 in field 6 of P?", fields)

    def _see_ok(self, row: ModelRow, event: str) -> None:
        if event == SET_PORT:
            self._another_port()
        else:
            answer = self.at(command_of(event, self._server.port))
            self.case.require(row.requirements[0], answer.ok, f"OK to {event}", answer)

    def _see_error(self, row: ModelRow, event: str) -> None:
        answer = self.at(command_of(event, self._server.port))
        self.case.require(row.requirements[0], answer.error, f"ERROR to {event}", answer)

    def _see_anything(self, row: ModelRow, event: str) -> None:
        if event == READ_NONE:
            answer = self.at.read()
        else:
            port = self.peers.free_port() if event == SET_PORT else 0
            answer = self.at(command_of(event, port))
        if self.observing and row.state != "open":
            self.case.observe(row.requirements[0], f"{event} in {row.state}", answer)
        if event == STOP and row.state == "open":
            self.at.drain(quiet=0.05)
            self._another_port()
        elif row.is_open:
            self.at.drain(quiet=0.02)

    def _see_any_lines(self, _row: ModelRow, _event: str) -> None:
        """Where S3 is refused at once the byte behind it is a command line of its own, an empty one."""
        sent = b"S3=1\r\r"
        came = self.at.collect(sent)
        self.at.drain(quiet=4 * self.pace)
        self.at.strays.clear()
        self.recorder.line(sent, came)


def command_of(event: str, port: int) -> str:
    """The command that an event sends."""
    return {BAD: BAD_COMMAND, STATUS: "P?", SET_PORT: f"P2={port}"}.get(event, event)
