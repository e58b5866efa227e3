"""Takes the steps of the model with a real module and real peers, and compares each with its row of the table."""

import contextlib
from collections.abc import Iterator

from fixtures.errors import ModuleFault
from suites.campaigns.model.exchanges import Exchanges
from suites.campaigns.model.serving import Serving
from suites.campaigns.model.situation import after, row_of
from suites.campaigns.model.table import CLOSES, RESETS, SENDS, STOP, WAITING_LEAVES, WAITING_SENDS, ModelRow, always


class Walker(Serving, Exchanges):
    """One walk. :meth:`begin` makes a fresh start, :meth:`step` takes a step.

    A module that does not do as the table says makes ``step`` raise ModuleFault with the requirement; the steps until
    then are in ``story``, and in the form of a replay file in ``recorder``.
    """

    def step(self, event: str, size: int = 5) -> None:
        """Let ``event`` happen; ``size`` is that of the bytes which it sends. Raises ModuleFault, HarnessError."""
        row = row_of(self.now, event)
        self.story.append(f"{self.now.state}: {event}")
        self.at.link.transcript.note("walk", self.story[-1])
        if event == STOP:
            self.peers.stopped()
        with self._charged(row):
            self._do(row, event, size)
        self._expect_no_notice(row)
        then = after(self.now, event)
        self.walked.append((self.now.state, event, then.state))
        self.now = then

    def end(self) -> None:
        """Let all clients go."""
        self._forget_clients()

    def _do(self, row: ModelRow, event: str, size: int) -> None:
        if event in (SENDS, WAITING_SENDS):
            self._send(event, size)
        elif event in (CLOSES, RESETS, WAITING_LEAVES):
            self._leave(row, event)
        elif row.sees == "counted":
            self._see_counted(size)
        else:
            getattr(self, f"_see_{row.sees.replace(' ', '_')}")(row, event)

    @contextlib.contextmanager
    def _charged(self, row: ModelRow) -> Iterator[None]:
        """What fails without a requirement's name is charged to the row's first."""
        try:
            yield
        except ModuleFault as fault:
            fault.requirement = fault.requirement or row.requirements[0]
            raise

    def _expect_no_notice(self, row: ModelRow) -> None:
        self.at.drain()
        for notice in [one for one in self.at.notices if one.port and not row.is_open]:
            self.at.notices.remove(notice)
            if self._is_former(notice):
                continue
            self.recorder.notice(notice.text)
            of_another, again = (always(self.now.state) * 2)[:2]
            known = self._client is not None and self._server.names(notice, self._client.peer)
            broken = again if known else of_another
            self.case.require(broken, False, f"no notice behind this step ({self.now.state})", notice.text)
        if row.is_open:
            self._forget_clients()
