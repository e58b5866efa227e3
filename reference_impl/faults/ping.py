"""Faults of ping: T."""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.faults.kinds import forgets, refuses, shows
from reference_impl.faults.registry import Fault, fault

forgets("ping-target-not-kept", "T1", breaks="T1 sets the target, and T? shows it", source="UM47 QR7: T1, T?")
forgets("ping-repeats-not-kept", "T2", breaks="T2 sets the repeats, and T? shows one more", source="UM47 DH32: T2, T?")
forgets("ping-delay-not-kept", "T3", breaks="T3 sets the delay, and T? shows it", source="UM47 QR7: T3, T?")
shows(
    "ping-of-2-fields",
    "T?",
    lambda fields: fields[:2],
    breaks="T? shows target, pings and delay",
    source="UM47 DH32: T?",
)
refuses("ping-repeats-255-refused", "T2=255", breaks="T2 takes 0 to 65534", source="UM47 QR7: T2")
refuses("ping-delay-5000-refused", "T3=5000", breaks="T3 takes 0 to 5000", source="UM47 QR7: T3")
refuses("ping-refused", "T0", breaks="T0 pings", source="UM47 DH37: T0")


@fault("ping-says-nothing", breaks="T0 is answered", source="UM47 DH37: T0")
class PingSaysNothing(Fault):
    """T0 is never answered, and no prompt comes."""

    def answer(self, answer: Answer) -> Answer | None:
        """Drop the answer."""
        return None if answer.command == "T0" else answer


@fault("ping-is-an-error", breaks="A host that answers is no ERROR", source="UM47 DH37: T0; ARM test 30")
class PingIsAnError(Fault):
    """T0 answers ERROR behind the reply."""

    def answer(self, answer: Answer) -> Answer | None:
        """Answer ERROR."""
        return replace(answer, ok=False) if answer.command == "T0" else answer
