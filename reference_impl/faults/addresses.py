"""Faults of the join settings and of the static address: C5 to CV."""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.seams import Change
from reference_impl.faults.kinds import forgets, refuses, says, shows
from reference_impl.faults.registry import Fault, fault

forgets("static-address-not-kept", "C6", breaks="C6 sets the address, and C? shows it", source="UM25 QR4: C6")
forgets("wep-mode-not-kept", "CE", breaks="CE sets the kind of WEP, and C? shows it", source="UM27 QR4: CE")
refuses("retries-above-5-refused", "CB=([6-9]|10)", breaks="CB takes 1 to 10", source="UM26 QR4: CB")
refuses("filter-80-refused", "CF=80", breaks="CF=80 filters multicast", source="QR4: CF")
refuses("group-refused", "CJ=1,.*", breaks="CJ=1,ip joins a group", source="UM28 QR4: CJ")
shows(
    "ip-version-shown-as-4",
    "C?",
    lambda fields: [*fields[:4], "4", *fields[5:]],
    breaks="C?: field 5 is C5, 0 for IPv4",
    source="UM25 QR1: C5, C?",
)
shows(
    "country-shown-as-number",
    "C?",
    lambda fields: [*fields[:13], "1", *fields[14:]],
    breaks="C?: field 14 is the country of CN",
    source="UM28 QR1: CN, C?",
)
shows(
    "mask-shown-as-gateway",
    "C?",
    lambda fields: [*fields[:7], fields[6], *fields[8:]],
    breaks="C?: field 8 is the gateway",
    source="UM25 QR1: C?",
)
shows(
    "auto-join-shown-as-0",
    "C?",
    lambda fields: [*fields[:11], "0", *fields[12:]],
    breaks="C?: field 12 is CC",
    source="UM27 QR1: CC, C?",
)
says(
    "link-rate-in-words",
    "CV",
    lambda _payload: b"fast",
    breaks="CV shows a number",
    source="UM29: CV",
)


@fault("name-server-2-sets-1", breaks="CA is the second name server, C9 the first", source="UM25 QR4: C9, CA")
class NameServer2Sets1(Fault):
    """The module has one place for both name servers."""

    def store(self, change: Change) -> Change | None:
        """Put the second where the first belongs."""
        return replace(change, name="C9") if change.name == "CA" else change


@fault("leaving-keeps-the-address", breaks="CD clears address, mask and gateway", source="UM27: CD")
class LeavingKeepsTheAddress(Fault):
    """After CD, C? shows the same addresses as before."""

    def __init__(self) -> None:
        self._before: list[str] = []

    def shown(self, fields: list[str]) -> list[str]:
        """Show the addresses that the module had while it was joined."""
        if self.module.running != b"C?":
            return fields
        if fields[-1] == "1":
            self._before = fields[5:8]
        elif self._before and fields[5] == "0.0.0.0":
            return [*fields[:5], *self._before, *fields[8:]]
        return fields


@fault("dhcp-keeps-the-static-address", breaks="C4=1 takes the address from DHCP", source="UM24: C4")
class DhcpKeepsTheStaticAddress(Fault):
    """A join by DHCP answers and shows the address that C6 has set."""

    def __init__(self) -> None:
        self._static = ""

    def store(self, change: Change) -> Change | None:
        """Remember the address of C6."""
        if change.name == "C6":
            self._static = str(change.value)
        return change

    def answer(self, answer: Answer) -> Answer | None:
        """Set the address of C6 again after the join."""
        network = self.module.network
        if answer.command == "C0" and answer.ok and network.dhcp and self._static:
            payload = answer.payload.replace(network.lease["C6"].encode(), self._static.encode())
            network.lease["C6"] = self._static
            return replace(answer, payload=payload)
        return answer


@fault(
    "static-join-tells-another-address", breaks="C0 tells the address of C6 where DHCP is off", source="UM24: C4, C6"
)
class StaticJoinTellsAnotherAddress(Fault):
    """The answer to a join with a static address ends in another digit."""

    def answer(self, answer: Answer) -> Answer | None:
        """Change the last digit."""
        if answer.command != "C0" or not answer.ok or self.module.network.dhcp:
            return answer
        own = str(self.module.config["C6"])
        other = f"{own[:-1]}{(int(own[-1]) + 1) % 10}"
        return replace(answer, payload=answer.payload.replace(own.encode(), other.encode()))
