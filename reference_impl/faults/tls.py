"""Faults of TLS: certificates, and who is trusted."""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.effects import Close, Connect, Effect, Tls
from reference_impl.core.seams import Change
from reference_impl.faults.kinds import refuses, says, shows
from reference_impl.faults.registry import Fault, fault


def asks(name: str, levels: tuple[int, ...], tls: Tls | None, *, breaks: str, source: str) -> None:
    """A fault: where P9 is one of the levels, the connection asks for another security than P9 says."""

    @fault(name, breaks=breaks, source=source)
    class Asks(Fault):
        """The module checks the peer in another way."""

        def effect(self, effect: Effect) -> Effect | None:
            """Change the security that the connection asks for."""
            if not isinstance(effect, Connect) or effect.tls is None:
                return effect
            if self.module.socket.settings["P9"] not in levels:
                return effect
            return replace(effect, tls=tls and replace(effect.tls, verify=tls.verify))


asks(
    "required-verifies-nothing",
    (2,),
    Tls(verify=False),
    breaks="P9=2: the peer's certificate must be verified",
    source="UM41 QR6: P9",
)
asks(
    "none-verifies",
    (0,),
    Tls(verify=True),
    breaks="P9=0 verifies nothing",
    source="UM41 QR6: P9",
)
asks(
    "secure-is-plain",
    (0, 1, 2),
    None,
    breaks="P1=3 is TCP with TLS",
    source="UM39 QR6: P1",
)
says(
    "sets-always-available",
    "PE",
    lambda payload: payload.replace(b"0", b"1"),
    breaks="PE: 0 is a set that is used",
    source="UM42: PE",
)
shows(
    "sets-of-2-fields",
    "PE",
    lambda fields: fields[:2],
    breaks="PE shows the sets 0 to 2",
    source="UM42: PE",
)
refuses("verify-2-refused", "P9=2", breaks="P9 takes 0 to 2", source="UM41 QR6: P9")
refuses("root-failure-1-refused", "PB=1", breaks="PB takes 0 and 1", source="UM41 QR6: PB")
refuses("active-set-2-refused", "PF=0,2", breaks="PF takes the sets 0 to 2", source="UM42 QR6: PF")
refuses("authority-name-refused", "PA=0,.*", breaks="PA=i,name keeps the name of an authority", source="UM41 QR6: PA")


@fault("program-swaps-types", breaks="PG: type 1 is the certificate, type 2 the key", source="UM42 QR2: PG")
class ProgramSwapsTypes(Fault):
    """The certificate is kept as the key, and the key as the certificate."""

    def line(self, text: bytes) -> bytes | None:
        """Swap the types."""
        head = text[:6]
        if head[:3] == b"PG=" and head[5:6] in (b"1", b"2") and head[4:5] == b",":
            return head[:5] + (b"2" if head[5:6] == b"1" else b"1") + text[6:]
        return text


@fault("untrusted-is-ok", breaks="P6=1 that fails verification is an ERROR", source="UM41 QR6: P9")
class UntrustedIsOk(Fault):
    """P6=1 is answered with OK where the peer is not trusted; no connection is made."""

    def answer(self, answer: Answer) -> Answer | None:
        """Answer OK."""
        secure = self.module.socket.settings["P1"] == 3
        return replace(answer, ok=True) if answer.command == "P6" and not answer.ok and secure else answer


@fault("secure-stop-keeps-connection", breaks="P6=0 closes the connection", source="UM39-41: P6")
class SecureStopKeepsConnection(Fault):
    """P6=0 is answered with OK, and the connection stays open."""

    def effect(self, effect: Effect) -> Effect | None:
        """Drop the closing."""
        ours = self.module.running == b"P6=0" and self.module.socket.settings["P1"] == 3
        return None if ours and isinstance(effect, Close) else effect


@fault("active-set-is-another", breaks="PF=0,s makes set s the one of TLS", source="UM42 QR6: PF")
class ActiveSetIsAnother(Fault):
    """PF=0 chooses the set behind the one that it names."""

    def store(self, change: Change) -> Change | None:
        """Add one to the number of the set."""
        if change.name == "PF.0" and isinstance(change.value, int):
            return replace(change, value=(change.value + 1) % 3)
        return change
