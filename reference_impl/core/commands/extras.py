"""PM, PR and PY: what some drivers set and nothing here acts on.

MQTT itself is left out: no source shows what passes between host and module (UM 4.13.19). Its settings are kept for
each socket as all P settings are.
"""

from reference_impl.core.answers import Answer
from reference_impl.core.commands.base import EITHER, VALUE, Command, Entry, refusal
from reference_impl.core.commands.stored import shown
from reference_impl.core.config import at_most
from reference_impl.core.module import Module
from reference_impl.core.settings import number

CLEARED = b"''"
LIMITS = {b"0": 64, b"3": 32, b"4": 32, b"5": 24}
"""Bytes at most: publish topic, user, password, client id (UM42-43)."""

SHOWN = ("PM0", "PM1.0", "PM1.1", "PM1.2", "PM2", "PM3", "PM4", "PM5", "PM6")
DEFAULT_STACK_TIME = 10000


def mqtt(module: Module, command: Command) -> Answer:
    """PM: the nine settings; PM=k,x sets one, PM=k,'' clears one. The password is shown as `*` (assumption)."""
    if not command.value:
        kept = {name: _kept(module, name) for name in SHOWN}
        kept["PM4"] = b"*" if kept["PM4"] else b""
        return shown(module, *kept.values())
    kind, comma, value = command.value.partition(b",")
    name = "PM" + kind.decode("latin-1")
    if kind == b"1":
        index, separate, topic = value.partition(b",")
        name, value = (f"PM1.{index.decode('latin-1')}", topic) if separate else ("PM1.0", value)
    if not comma or name not in SHOWN or not _good(name, value):
        return refusal()
    module.socket.settings[name] = b"" if value == CLEARED else value
    return Answer()


def _kept(module: Module, name: str) -> bytes:
    value = module.socket.settings.get(name, b"0" if name == "PM2" else b"")
    assert isinstance(value, bytes)
    return value


def _good(name: str, value: bytes) -> bool:
    if name == "PM2":
        return number(value, 0, 2) is not None
    if value == CLEARED:
        return True
    if name == "PM6":
        return number(value, 0, 65535) is not None
    limit = 64 if name.startswith("PM1") else LIMITS[name[2:].encode()]
    return b"," not in value and at_most(limit, 1)(value) is not None


def unknown_setting(_module: Module, command: Command) -> Answer:
    """PR=n: no document has it; Zephyr sends PR=0 at every start and looks at no answer."""
    return refusal() if number(command.value or b"", 0, 1) is None else Answer()


def stack_time(module: Module, command: Command) -> Answer:
    """PY=ms: a timeout of the stack; `#` the default, `?` shows (UM43, QR6). It is kept and has no effect."""
    if command.value == b"?":
        return shown(module, module.socket.settings.get("PY", DEFAULT_STACK_TIME))
    value = DEFAULT_STACK_TIME if command.value == b"#" else number(command.value or b"", 0, 65535)
    if value is None:
        return refusal()
    module.socket.settings["PY"] = value
    return Answer()


TABLE: dict[str, Entry] = {
    "PM": Entry(mqtt, "= setting, value", EITHER),
    "PR": Entry(unknown_setting, "= 0 or 1", VALUE),
    "PY": Entry(stack_time, "= 0 to 65535 ms, or #, or ?", VALUE),
}
