"""Faults of who the module is: Z?, Z4 to Z8, ZN, ZS, ZD, U and B."""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.seams import Change
from reference_impl.faults.kinds import forgets, refuses, says, shows
from reference_impl.faults.registry import Fault, fault

shows(
    "status-of-9-fields",
    "Z?",
    lambda fields: fields[:-1],
    breaks="Z? shows ten fields",
    source="UM54: Z?",
)
shows(
    "status-shows-another-mac",
    "Z?",
    lambda fields: [*fields[:3], fields[3][:-1] + "F", *fields[4:]],
    breaks="Z?: field 4 is the MAC that Z5 shows",
    source="UM51, UM54: Z5, Z?",
)
shows(
    "status-shows-first-pin",
    "Z?",
    lambda fields: [fields[0], "12345678", *fields[2:]],
    breaks="Z?: field 2 is the WPS pin that Z7 sets",
    source="UM51, UM54: Z7, Z?",
)
shows(
    "name-not-in-identity",
    "I?",
    lambda fields: [*fields[:-1], "Inventek eS-WiFi"],
    breaks="ZN sets the name in I?",
    source="UM52: ZN",
)
says(
    "wps-pin-is-the-first",
    "Z8",
    lambda _payload: b"12345678",
    breaks="Z8 shows the pin that Z7 sets",
    source="UM51: Z7, Z8",
)
says(
    "dump-without-heading",
    "ZD",
    lambda payload: payload.partition(b"\r\n")[2],
    breaks="ZD begins with FLASH Dump:",
    source="UM52: ZD",
)
shows(
    "line-of-5-fields",
    "U?",
    lambda fields: fields[:5],
    breaks="U? shows port, rate, width, parity, stop and mode",
    source="UM49: U?",
)
refuses("interface-refused", r"B\?", breaks="B? shows the interface", source="UM21 QR4: B?")
refuses("rate-19200-refused", "U2=19200", breaks="U2 takes 19200", source="UM48 QR7: U2")
refuses("user-space-refused", "Z3=1", breaks="Z3 takes 0 and 1", source="UM51: Z3")
forgets("name-not-kept", "ZN", breaks="ZN sets the name in I? and Z?", source="UM52: ZN")


@fault("name-cut-to-16", breaks="ZN takes a name of 32 characters", source="UM52: ZN")
class NameCutTo16(Fault):
    """A name loses what is beyond 16 characters."""

    def store(self, change: Change) -> Change | None:
        """Cut the name."""
        if change.name == "ZN" and isinstance(change.value, bytes):
            return replace(change, value=change.value[:16])
        return change


@fault("serial-number-counts", breaks="ZS shows the serial number", source="UM53: ZS")
class SerialNumberCounts(Fault):
    """Each ZS answers another number."""

    def __init__(self) -> None:
        self._looks = 0

    def answer(self, answer: Answer) -> Answer | None:
        """Put the number of this ZS behind the serial number."""
        if answer.command != "ZS":
            return answer
        self._looks += 1
        return replace(answer, payload=answer.payload + b"-%d" % self._looks)
