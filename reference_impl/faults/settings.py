"""Faults of the settings: stored, kept and shown."""

from dataclasses import replace
from typing import ClassVar

from reference_impl.core.answers import Answer
from reference_impl.core.seams import Change
from reference_impl.core.settings import defaults
from reference_impl.faults.registry import Fault, fault


class _NotStored(Fault):
    """The command of `setting` is answered with OK, and the setting stays as it was."""

    setting: ClassVar[str]

    def store(self, change: Change) -> Change | None:
        """Do not store the value."""
        return None if change.name == self.setting else change


@fault("backlog-not-stored", breaks="P8 sets the number of backlogs, and P? shows it", source="WEB; UM")
class BacklogNotStored(_NotStored):
    """P8 stays as it was."""

    setting = "P8"


@fault("remote-address-not-stored", breaks="P3 sets the remote address, and P? shows it", source="UM")
class RemoteAddressNotStored(_NotStored):
    """P3 stays as it was."""

    setting = "P3"


@fault("read-size-not-stored", breaks="R1 sets the read packet size, and R? shows it", source="UM")
class ReadSizeNotStored(_NotStored):
    """R1 stays as it was."""

    setting = "R1"


@fault("port-of-15-bits", breaks="P2 is 0 to 65535, and P? shows it", source="UM")
class PortOf15Bits(Fault):
    """The highest bit of the local port is lost."""

    def store(self, change: Change) -> Change | None:
        """Mask the port."""
        short = change.name == "P2" and isinstance(change.value, int)
        return replace(change, value=int(str(change.value)) & 0x7FFF) if short else change


@fault("write-timeout-sets-read-timeout", breaks="S2 is the write timeout, R2 the read timeout", source="UM")
class WriteTimeoutSetsReadTimeout(Fault):
    """S2 sets R2."""

    def store(self, change: Change) -> Change | None:
        """Store the value as R2."""
        return replace(change, name="R2") if change.name == "S2" else change


@fault("settings-shared", breaks="All P settings are kept per socket", source="UM")
class SettingsShared(Fault):
    """A setting of one socket is set for all sockets."""

    def store(self, change: Change) -> Change | None:
        """Store the value for every socket."""
        for socket in self.module.sockets:
            socket.settings[change.name] = change.value
        return change


@fault("socket-settings-alias", breaks="All P settings are kept per socket", source="UM")
class SocketSettingsAlias(Fault):
    """Sockets 0 and 2 have one port, and sockets 1 and 3 have one port."""

    def store(self, change: Change) -> Change | None:
        """Store the port for the other socket too."""
        if change.name == "P2":
            self.module.sockets[change.socket ^ 2].settings["P2"] = change.value
        return change


@fault("select-does-nothing", breaks="P0 selects the socket", source="WEB, first table")
class SelectDoesNothing(Fault):
    """P0=n is answered with OK, and socket 0 stays selected."""

    def select(self, _socket: int) -> int:
        """Select socket 0."""
        return 0


@fault("select-of-one-bit", breaks="P0 selects the socket", source="WEB, first table")
class SelectOfOneBit(Fault):
    """P0=2 selects 0, P0=3 selects 1."""

    def select(self, socket: int) -> int:
        """Mask the number."""
        return socket & 1


@fault("selected-socket-shown-as-0", breaks="P0 shows the selected socket", source="UM")
class SelectedSocketShownAs0(Fault):
    """P0 answers 0 at all times."""

    def answer(self, answer: Answer) -> Answer | None:
        """Show 0."""
        return replace(answer, payload=b"0") if self.module.running == b"P0" and answer.ok else answer


@fault("settings-lost-on-stop", breaks="A socket keeps its settings", source="UM")
class SettingsLostOnStop(Fault):
    """P5=0 sets the socket to the defaults."""

    def answer(self, answer: Answer) -> Answer | None:
        """Set the defaults at the stop."""
        if self.module.running == b"P5=0":
            self.module.socket.settings = defaults(self.module.limits)
        return answer


@fault("port-lost-on-start", breaks="A socket keeps its settings", source="UM")
class PortLostOnStart(Fault):
    """The start of a server sets the socket's remote port to the default."""

    def answer(self, answer: Answer) -> Answer | None:
        """Set the default at the start."""
        if self.module.running in (b"P5=1", b"P5=11"):
            self.module.socket.settings["P4"] = defaults(self.module.limits)["P4"]
        return answer


class _ShownFields(Fault):
    """The fields of the query `query` are changed."""

    query: ClassVar[bytes]

    def shown(self, fields: list[str]) -> list[str]:
        """Change the fields of the one query."""
        return self.change(list(fields)) if self.module.running == self.query else fields

    def change(self, fields: list[str]) -> list[str]:
        """The fields that are shown instead."""
        raise NotImplementedError


@fault("ports-shown-swapped", breaks="P?: field 3 is the local port, field 5 the remote port", source="UM")
class PortsShownSwapped(_ShownFields):
    """P? shows the two ports in each other's place."""

    query = b"P?"

    def change(self, fields: list[str]) -> list[str]:
        """Swap the ports."""
        fields[2], fields[4] = fields[4], fields[2]
        return fields


@fault("status-of-11-fields", breaks="P? has 9, 10 or 12 fields", source="UM, QR20")
class StatusOf11Fields(_ShownFields):
    """P? does not show its last field."""

    query = b"P?"

    def change(self, fields: list[str]) -> list[str]:
        """Drop the last field."""
        return fields[:-1]


@fault("protocol-shown-as-0", breaks="P?: field 1 is the protocol", source="UM")
class ProtocolShownAs0(_ShownFields):
    """P? shows every socket as TCP."""

    query = b"P?"

    def change(self, fields: list[str]) -> list[str]:
        """Show 0."""
        return ["0", *fields[1:]]


@fault("keep-alive-shown-as-off", breaks="P?: field 11 is keep-alive", source="QR20")
class KeepAliveShownAsOff(_ShownFields):
    """P? always shows keep-alive as off."""

    query = b"P?"

    def change(self, fields: list[str]) -> list[str]:
        """Show 0."""
        return [*fields[:10], "0", *fields[11:]]


@fault("read-fields-swapped", breaks="R? shows bytes, timeout", source="UM")
class ReadFieldsSwapped(_ShownFields):
    """R? shows the timeout before the size."""

    query = b"R?"

    def change(self, fields: list[str]) -> list[str]:
        """Swap the fields."""
        return [fields[1], fields[0], *fields[2:]]


@fault("write-query-shows-read", breaks="S? shows the write packet size and timeout", source="UM")
class WriteQueryShowsRead(_ShownFields):
    """S? shows R1 and R2."""

    query = b"S?"

    def change(self, _fields: list[str]) -> list[str]:
        """Show R1 and R2."""
        return [str(self.module.socket.settings[name]) for name in ("R1", "R2")]


class AtStart(Fault):
    """`started` is called when the module has started: at power-on and after ZR."""

    def __init__(self) -> None:
        self._up = False

    def output(self, data: bytes) -> bytes:
        """Call ``started`` at the start-up prompt: the first bytes, and those while ZR runs."""
        if not self._up or self.module.running == b"ZR":
            self._up = True
            return self.started(data)
        return data

    def started(self, data: bytes) -> bytes:
        """Called when the module has started."""
        raise NotImplementedError


@fault("default-port-5000", breaks="P2 is 5024 at first", source="UM")
class DefaultPort5000(AtStart):
    """Every socket has local port 5000."""

    def started(self, data: bytes) -> bytes:
        """Set the port."""
        for socket in self.module.sockets:
            socket.settings["P2"] = 5000
        return data


@fault("default-read-timeout-10000", breaks="R2 is 5000 at first", source="UM")
class DefaultReadTimeout10000(AtStart):
    """The default of R2 is 10 s."""

    def started(self, data: bytes) -> bytes:
        """Set R2."""
        for socket in self.module.sockets:
            socket.settings["R2"] = 10000
        return data


@fault("default-differs-on-socket-3", breaks="S1 is 1460 at first, on each socket", source="UM")
class DefaultDiffersOnSocket3(AtStart):
    """The default of the last socket is another one."""

    def started(self, data: bytes) -> bytes:
        """Set the default of socket 3."""
        self.module.sockets[3].settings["S1"] = 1
        return data
