"""Faults of the wireless network: C."""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.effects import Effect, Listen
from reference_impl.faults.registry import Fault, fault
from reference_impl.faults.system import misread

misread("security-5-refused", b"C3=5", b"C3=9", "C3 is 0 to 5", "UM")
misread("security-0-refused", b"C3=0", b"C3=9", "C3 is 0 to 5", "UM")
misread("security-99-taken", b"C3=99", b"C3=0", "C3 is 0 to 5", "UM")
misread("dhcp-0-refused", b"C4=0", b"C4=9", "C4 is 0 or 1", "UM")
misread("dhcp-2-taken", b"C4=2", b"C4=0", "C4 is 0 or 1", "UM")


@fault("ssid-of-32-refused", breaks="C1 takes 1 to 32 characters", source="UM")
class SsidOf32Refused(Fault):
    """C1 refuses a name of 32 bytes."""

    def line(self, text: bytes) -> bytes | None:
        """Carry out a command that is refused, in its place."""
        return b"C1=" if text.startswith(b"C1=") and len(text) == 35 else text


@fault("passphrase-of-63-refused", breaks="C2 takes 8 to 63 characters", source="UM")
class PassphraseOf63Refused(Fault):
    """C2 refuses a passphrase of 63 bytes."""

    def line(self, text: bytes) -> bytes | None:
        """Carry out a command that is refused, in its place."""
        return b"C2" if text.startswith(b"C2=") and len(text) == 66 else text


@fault("ssid-cut-at-31", breaks="C1 sets the name, and C? shows it", source="UM")
class SsidCutAt31(Fault):
    """A name of 32 bytes loses its last byte."""

    def line(self, text: bytes) -> bytes | None:
        """Cut the name."""
        return text[:34] if text.startswith(b"C1=") else text


@fault("failed-join-is-ok", breaks="A join that fails answers ERROR", source="UM, QR20")
class FailedJoinIsOk(Fault):
    """C0 answers OK where the join has failed; only the lines say so."""

    def answer(self, answer: Answer) -> Answer | None:
        """Answer OK."""
        return replace(answer, ok=True) if answer.command == "C0" else answer


@fault("join-tells-another-address", breaks="C0 answers the address that the module has", source="UM, QR20")
class JoinTellsAnotherAddress(Fault):
    """The answer to C0 has an address one higher than the module's."""

    def answer(self, answer: Answer) -> Answer | None:
        """Add one to the address."""
        own = self.module.address
        head, _, last = own.rpartition(".")
        other = f"{head}.{(int(last) + 1) % 255}"
        changed = answer.payload.replace(f",{own},".encode(), f",{other},".encode())
        return replace(answer, payload=changed) if answer.command == "C0" else answer


@fault("join-line-without-zeros", breaks="C0 answers [JOIN   ] ssid,address,0,0", source="UM, QR20")
class JoinLineWithoutZeros(Fault):
    """The line of a join ends with the address."""

    def answer(self, answer: Answer) -> Answer | None:
        """Cut the zeros off."""
        joined = answer.command == "C0" and answer.ok
        return replace(answer, payload=answer.payload.removesuffix(b",0,0")) if joined else answer


class _ShownNetwork(Fault):
    """C? shows its fields in another way."""

    def shown(self, fields: list[str]) -> list[str]:
        """Change the fields."""
        return self.change(list(fields)) if self.module.running == b"C?" else fields

    def change(self, fields: list[str]) -> list[str]:
        """The fields that are shown instead."""
        raise NotImplementedError


@fault("network-of-14-fields", breaks="C? shows 15 fields", source="UM")
class NetworkOf14Fields(_ShownNetwork):
    """C? does not show the country."""

    def change(self, fields: list[str]) -> list[str]:
        """Leave the country out."""
        return [*fields[:13], *fields[14:]]


@fault("network-address-shown-as-0", breaks="C?: field 6 is the address", source="UM")
class NetworkAddressShownAs0(_ShownNetwork):
    """C? always shows the address 0.0.0.0."""

    def change(self, fields: list[str]) -> list[str]:
        """Show 0.0.0.0."""
        return [*fields[:5], "0.0.0.0", *fields[6:]]


@fault("security-shown-as-0", breaks="C?: field 3 is the security", source="UM")
class SecurityShownAs0(_ShownNetwork):
    """C? shows every network as open."""

    def change(self, fields: list[str]) -> list[str]:
        """Show 0."""
        return [*fields[:2], "0", *fields[3:]]


@fault("always-joined", breaks="CS is 1 when connected, else 0", source="UM")
class AlwaysJoined(Fault):
    """CS always answers 1."""

    def answer(self, answer: Answer) -> Answer | None:
        """Show 1."""
        return replace(answer, payload=b"1") if answer.command == "CS" else answer


@fault("leave-stays", breaks="CD leaves the network", source="UM")
class LeaveStays(Fault):
    """CD is answered with OK, and the module stays in the network."""

    def line(self, text: bytes) -> bytes | None:
        """Carry out a harmless command in place of CD."""
        return b"MS=0" if text == b"CD" else text


@fault("signal-empty", breaks="CR answers the signal strength", source="UM")
class SignalEmpty(Fault):
    """CR is answered with OK alone."""

    def answer(self, answer: Answer) -> Answer | None:
        """Leave the value out."""
        return replace(answer, payload=b"") if answer.command == "CR" else answer


@fault("no-servers-after-rejoining", breaks="C0 joins a network; servers can be reached", source="UM, WEB")
class NoServersAfterRejoining(Fault):
    """After the module has left and joined again, its servers listen at other ports."""

    def __init__(self) -> None:
        self._left = False

    def line(self, text: bytes) -> bytes | None:
        """Note that the module leaves."""
        self._left = self._left or text == b"CD"
        return text

    def effect(self, effect: Effect) -> Effect | None:
        """Listen at any free port."""
        return replace(effect, local=(effect.local[0], 0)) if self._left and isinstance(effect, Listen) else effect
