"""Faults of the notice."""

from dataclasses import replace

from reference_impl.core.seams import Notice
from reference_impl.faults.registry import Fault, fault


@fault("notice-missing", breaks="A client connects: the notice [TCP SVR] Accepted ip:port", source="WEB, transcript")
class NoticeMissing(Fault):
    """The client is accepted and nobody is told."""

    def notice(self, _notice: Notice) -> Notice | None:
        """No notice at all."""
        return None


@fault("notice-wrong-port", breaks="The notice tells the client's port", source="WEB, transcript")
class NoticeWrongPort(Fault):
    """The port is one too high."""

    def notice(self, notice: Notice) -> Notice | None:
        """Count the port up."""
        head, _, port = notice.text.rpartition(":")
        return replace(notice, text=f"{head}:{int(port) + 1}")
