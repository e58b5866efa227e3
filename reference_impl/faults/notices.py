"""Faults of the notice."""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.seams import Notice
from reference_impl.faults.registry import Fault, fault

ACCEPTED = "[TCP SVR] Accepted "


class AcceptFault(Fault):
    """A fault of the notice of a TCP client; other notices stay as they are."""

    def notice(self, notice: Notice) -> Notice | None:
        """Change the notice of a TCP client, by :meth:`accepted`."""
        return self.accepted(notice) if notice.text.startswith(ACCEPTED) else notice

    def accepted(self, notice: Notice) -> Notice | None:
        """The notice that is sent; None where none is sent."""
        return notice


@fault("notice-missing", breaks="A client connects: the notice [TCP SVR] Accepted ip:port", source="WEB, transcript")
class NoticeMissing(AcceptFault):
    """The client is accepted without a notice."""

    def accepted(self, _notice: Notice) -> Notice | None:
        """Send no notice."""
        return None


@fault("notice-wrong-port", breaks="The notice tells the client's port", source="WEB, transcript")
class NoticeWrongPort(AcceptFault):
    """The notice has a port that is one too high."""

    def accepted(self, notice: Notice) -> Notice | None:
        """Add one to the port."""
        head, _, port = notice.text.rpartition(":")
        return replace(notice, text=f"{head}:{int(port) + 1}")


@fault("notice-port-swapped", breaks="The notice tells the client's port", source="WEB, transcript")
class NoticePortSwapped(AcceptFault):
    """The notice has the two bytes of the port in the reverse order."""

    def accepted(self, notice: Notice) -> Notice | None:
        """Swap the bytes of the port."""
        head, _, port = notice.text.rpartition(":")
        return replace(notice, text=f"{head}:{(int(port) & 0xFF) << 8 | int(port) >> 8}")


@fault("notice-wrong-address", breaks="The notice tells the client's address", source="WEB, transcript")
class NoticeWrongAddress(AcceptFault):
    """The notice has an address whose last number is one too high."""

    def accepted(self, notice: Notice) -> Notice | None:
        """Add one to the address."""
        address, _, port = notice.text.rpartition(":")
        head, _, last = address.rpartition(".")
        return replace(notice, text=f"{head}.{int(last) + 1}:{port}")


@fault("notice-tells-own-address", breaks="The notice tells the client's address", source="WEB, transcript")
class NoticeTellsOwnAddress(AcceptFault):
    """The notice has the module's own address."""

    def accepted(self, notice: Notice) -> Notice | None:
        """Put the module's address in."""
        return replace(notice, text=f"[TCP SVR] Accepted {self.module.address}:{notice.text.rpartition(':')[2]}")


@fault("notice-of-former-client", breaks="The notice tells the client that was accepted", source="WEB, transcript")
class NoticeOfFormerClient(AcceptFault):
    """From the second client on, the notice names the client before."""

    def __init__(self) -> None:
        self._before = ""

    def accepted(self, notice: Notice) -> Notice | None:
        """Name the client before."""
        text, self._before = self._before or notice.text, notice.text
        return replace(notice, text=text)


@fault(
    "notice-for-every-other-client", breaks="P5=10: the next is accepted, the notice again", source="WEB, transcript"
)
class NoticeForEveryOtherClient(AcceptFault):
    """The second client, the fourth and so on have no notice."""

    def __init__(self) -> None:
        self._clients = 0

    def accepted(self, notice: Notice) -> Notice | None:
        """Leave each second notice out."""
        self._clients += 1
        return notice if self._clients % 2 else None


@fault("notice-told-twice", breaks="A client is accepted once: one notice", source="WEB, transcript")
class NoticeToldTwice(Fault):
    """The notice comes two times."""

    def notice_frame(self, frame: bytes) -> bytes:
        """Double the notice."""
        return frame * 2


@fault("notice-again-at-the-loss", breaks="A client is accepted once: one notice", source="WEB, transcript")
class NoticeAgainAtTheLoss(AcceptFault):
    """When the client has left, its notice comes a second time."""

    def __init__(self) -> None:
        self._last: Notice | None = None

    def accepted(self, notice: Notice) -> Notice | None:
        """Keep the notice."""
        self._last = notice
        return notice

    def answer(self, answer: Answer) -> Answer | None:
        """Send the notice again, once."""
        if answer.payload == b"-1" and self._last is not None:
            self.module.tell(self._last.text, self._last.socket)
            self._last = None
        return answer


@fault("notice-waits-for-a-command", breaks="Asynchronous text comes unsolicited on UART", source="UM 4.4, 5.6; DS p17")
class NoticeWaitsForACommand(AcceptFault):
    """The notice comes behind the answer to the next command, however late that command is."""

    def __init__(self) -> None:
        self._held: list[Notice] = []
        self._telling = False

    def accepted(self, notice: Notice) -> Notice | None:
        """Hold the notice back."""
        if self._telling:
            return notice
        self._held.append(notice)
        return None

    def line(self, text: bytes) -> bytes | None:
        """Send the notices that are held back."""
        self._telling = True
        for notice in self._held:
            self.module.tell(notice.text, notice.socket)
        self._held, self._telling = [], False
        return text


@fault("notice-in-lower-case", breaks="The notice says Accepted", source="WEB, transcript")
class NoticeInLowerCase(AcceptFault):
    """The notice says accepted in lower case."""

    def accepted(self, notice: Notice) -> Notice | None:
        """Write the word in lower case."""
        return replace(notice, text=notice.text.replace("Accepted", "accepted"))


@fault("notice-without-its-head", breaks="The notice begins with [TCP SVR]", source="WEB, transcript")
class NoticeWithoutItsHead(AcceptFault):
    """The notice begins with the word Accepted."""

    def accepted(self, notice: Notice) -> Notice | None:
        """Cut the head off."""
        return replace(notice, text=notice.text.removeprefix("[TCP SVR] "))


@fault("notice-without-port", breaks="The notice is [TCP SVR] Accepted ip:port", source="WEB, transcript")
class NoticeWithoutPort(AcceptFault):
    """The notice ends with the address."""

    def accepted(self, notice: Notice) -> Notice | None:
        """Cut the port off."""
        return replace(notice, text=notice.text.rpartition(":")[0])


@fault("notice-on-the-prompt-line", breaks="The notice is CR LF, text, CR LF", source="UM 4.4, 5.6; DS p17")
class NoticeOnThePromptLine(Fault):
    """The CR LF before the notice is missing."""

    def notice_frame(self, frame: bytes) -> bytes:
        """Drop the CR LF."""
        return frame[2:]


@fault("accepts-grow-slower", breaks="The next client is accepted as the first was", source="WEB, transcript")
class AcceptsGrowSlower(AcceptFault):
    """Each notice takes 10 % longer than the notice before; the first takes 20 ms."""

    def __init__(self) -> None:
        self._delay = 0.02

    def accepted(self, notice: Notice) -> Notice | None:
        """Delay the notice."""
        self._delay *= 1.1
        return replace(notice, delay=notice.delay + self._delay)
