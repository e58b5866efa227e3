"""Faults of names: D."""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.settings import address
from reference_impl.faults.kinds import refuses
from reference_impl.faults.registry import Fault, fault

refuses("mdns-on-refused", "D1=1,.*", breaks="D1=1,name switches mDNS on", source="UM30 QR5: D1")
refuses("service-refused", "D2=0,.*", breaks="D2 sets service 0", source="UM30 QR5: D2")


@fault("name-sets-no-address", breaks="D0 keeps the address as P3", source="UM30 QR1: D0, P3")
class NameSetsNoAddress(Fault):
    """D0 leaves P3 as it was."""

    def __init__(self) -> None:
        self._before = ""

    def line(self, text: bytes) -> bytes | None:
        """Remember P3."""
        self._before = str(self.module.socket.settings["P3"])
        return text

    def answer(self, answer: Answer) -> Answer | None:
        """Set P3 again as it was."""
        if answer.command == "D0":
            self.module.socket.settings["P3"] = self._before
        return answer


@fault("name-sets-every-socket", breaks="P settings are kept per socket, P3 of D0 too", source="UM30 QR1: D0, P3")
class NameSetsEverySocket(Fault):
    """D0 sets P3 of all sockets."""

    def answer(self, answer: Answer) -> Answer | None:
        """Copy P3 to the other sockets."""
        if answer.command == "D0" and answer.ok:
            for socket in self.module.sockets:
                socket.settings["P3"] = self.module.socket.settings["P3"]
        return answer


@fault("name-answers-backwards", breaks="D0 answers the address of the name", source="UM30: D0")
class NameAnswersBackwards(Fault):
    """D0 answers the four numbers of the address in the reverse order."""

    def answer(self, answer: Answer) -> Answer | None:
        """Reverse the address of a name; an address that is looked up stays as it is."""
        if answer.command != "D0" or not answer.ok or address(self.module.running[3:]):
            return answer
        return replace(answer, payload=b".".join(reversed(answer.payload.split(b"."))))
