"""The steps of a walk that change who is served: start, connect, the next client, stop."""

from fixtures.drivers.line.frames import Answer, Notice
from fixtures.errors import NoNotice
from suites.campaigns.model.crowd import Crowd, WalkClient
from suites.campaigns.model.table import MULTI, ModelRow
from suites.steps.flows import KILLED, SETUP, WAITING, is_lost, lines_match


class Serving(Crowd):
    """What must be seen where the module begins to serve a client, ends it, or starts and stops its server.

    The method for a row is named after the row's ``sees``. Each raises ModuleFault with the requirement that is broken.
    """

    def _see_starts(self, _row: ModelRow, event: str) -> Answer:
        self._server.mode = 11 if event == MULTI else 1
        return self._server.start()

    def _see_setup(self, row: ModelRow, event: str) -> None:
        answer = self._see_starts(row, event)
        good = lines_match(answer, SETUP, WAITING)
        self.case.require("MA-SETUP", good, "the lines Multi-Accept Setup and Waiting on connection, then OK", answer)

    def _see_accepted(self, row: ModelRow, _event: str) -> None:
        client = self._connect()
        notice = self._notice()
        expected = self._server.expected_notice(client.peer)
        self.case.require(row.requirements[0], self._server.names(notice, client.peer), expected, notice.text)
        self._client = client
        self._nothing_stale("SS-NO-STALE-BYTES" if "SS-NOTICE" in row.requirements else "MA-NO-STALE-BYTES")

    def _nothing_stale(self, requirement: str) -> None:
        """Where bytes of a client before were left unread, the one accepted now does not get them."""
        client = self._served
        if self._stale and not client.unread:
            answer = self.at.read()
            self.case.require(requirement, not answer.payload, "no byte of the client before", answer)
        self._stale = False

    def _see_refused(self, row: ModelRow, _event: str) -> None:
        self._port_is_closed(row.requirements[0])

    def _port_is_closed(self, requirement: str) -> None:
        refused = self._server.is_closed()
        if refused:
            self.recorder.refused(self._server.port)
        self.case.require(requirement, refused, "no connection to the port", "a connection")

    def _see_waits(self, _row: ModelRow, _event: str) -> None:
        self._queue.append(self._connect())
        self._stays("MA-FIRST-STAYS")

    def _see_tries(self, _row: ModelRow, _event: str) -> None:
        if client := self._attempt():
            self._others.append(client)
        self._stays("SS-FIRST-STAYS")

    def _stays(self, requirement: str) -> None:
        if self._client is not None and not self._client.left:
            self.case.require(requirement, self._client.peer.is_open(), "the served client stays", "it was closed")

    def _see_anybody(self, _row: ModelRow, _event: str) -> None:
        if client := self._attempt():
            self._let_go(client, "reset")
        self.at.drain(quiet=0.02)

    def _see_next_waits(self, _row: ModelRow, _event: str) -> None:
        self._next()
        self._client = None

    def _next(self) -> None:
        self._note_stale()
        answer = self._server.next()
        self.case.require("MA-NEXT", lines_match(answer, WAITING), "the line Waiting on connection and OK", answer)
        self._closed(self._client, "MA-NEXT-CLOSES")

    def _see_next_accepts(self, row: ModelRow, _event: str) -> None:
        """Clients that have left may be announced before the first client that still waits."""
        charged = next(one for one in ("MA-NEXT-AFTER-LEFT", "MA-NEXT-ACCEPTS") if one in row.requirements)
        place = self.now.first
        gone, client = self._queue[:place], self._queue[place]
        self._next()
        for _ in range(place + 1):
            notice = self._notice_or(charged)
            if self._server.names(notice, client.peer) and not self._is_one_of(gone, client):
                break
            left = any(self._server.names(notice, one.peer) for one in gone)
            self.case.require("MA-ORDER", left, self._server.expected_notice(client.peer), notice.text)
            self._server.next()
        else:
            self.case.require("MA-ORDER", False, self._server.expected_notice(client.peer), "those who have left")
        self._client, self._queue = client, self._queue[place + 1 :]
        self._nothing_stale("MA-NO-STALE-BYTES")

    def _is_one_of(self, gone: list[WalkClient], client: WalkClient) -> bool:
        """True where the one announced has left. A notice with the server's own port does not tell; R0 does."""
        if not gone or self.profile.forms.accepted_port != "local":
            return False
        answer = self.at.read(client.unread)
        if is_lost(answer, client.unread) or not client.unread.startswith(answer.payload):
            return True
        client.unread = client.unread[len(answer.payload) :]
        return False

    def _notice_or(self, requirement: str) -> Notice:
        try:
            return self._notice()
        except NoNotice as fault:
            fault.requirement = requirement
            raise

    def _see_next_left(self, _row: ModelRow, _event: str) -> None:
        self._next()
        self.at.drain(quiet=0.02)

    def _note_stale(self) -> None:
        self._stale = self._stale or (self._client is not None and bool(self._client.unread))

    def _see_stops(self, row: ModelRow, _event: str) -> Answer:
        self._note_stale()
        answer = self._server.stop()
        self._closed(self._client, "MA-STOP-CLIENT" if "MA-STOP" in row.requirements else "SS-STOP-CLIENT")
        self._forget_clients()
        self._port_is_closed(row.requirements[-1])
        return answer

    def _see_killed(self, row: ModelRow, event: str) -> None:
        answer = self._see_stops(row, event)
        self.case.require("MA-STOP", lines_match(answer, KILLED), "the line [TCP TSK] Killed and OK", answer)
