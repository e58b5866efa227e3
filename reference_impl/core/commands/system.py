"""I, M, Z and the two modes: the module itself."""

import copy

from reference_impl.core import config, settings
from reference_impl.core.answers import Answer, lines
from reference_impl.core.commands.base import BARE, VALUE, Command, Entry, refusal
from reference_impl.core.commands.identity import module_name
from reference_impl.core.commands.scan import next_network
from reference_impl.core.commands.stored import shown
from reference_impl.core.module import Module
from reference_impl.core.settings import number


def identify(module: Module, _command: Command) -> Answer:
    """I?: product, firmware, API, stack, RTOS, CPU clock, name."""
    identity = module.profile.identity
    fields = (module.product, identity.firmware, identity.api, identity.stack, identity.rtos, identity.cpu_clock)
    return shown(module, *fields, module_name(module))


def error_texts(module: Module, command: Command) -> Answer:
    """MT: 0 full, 1 short error texts. Without a value it is an error (UM 4.12.5)."""
    value = number(command.value or b"", 0, 1)
    if value is None:
        return refusal()
    module.short_errors = value
    return Answer()


def poll(module: Module, _command: Command) -> Answer:
    """MR: one message a call, `[SOMA][EOMA]` when none waits (UM 4.12.3). On UART none ever does.

    After F0=2 the networks come first (ST, MBED).
    """
    if module.scan_rest is not None:
        return next_network(module)
    return Answer(payload=f"[SOMA]{module.notices.poll()}[EOMA]".encode())


def suppress(module: Module, command: Command) -> Answer:
    """MS: 0 asynchronous text, 1 none; 2 and 3 concern the TCP server's text, all that there is here."""
    value = number(command.value or b"", 0, module.limits.suppression_max)
    if value is None:
        return refusal()
    module.suppression = value
    return Answer()


def to_defaults(module: Module, _command: Command) -> Answer:
    """Z0: all settings as they left the factory, in use at once; what is open stays open (assumption)."""
    for socket in module.sockets:
        socket.settings = settings.defaults(module.limits)
    joined = module.network.joined
    module.network = settings.JoinState(joined=joined, lease=module.network.lease)
    module.config = config.defaults()
    module.short_errors = module.limits.short_errors
    module.suppression = 0
    return Answer()


def save(module: Module, _command: Command) -> Answer:
    """Z1: what is set now comes back after a reset, the state of the network excepted."""
    if module.flash.locked:
        return refusal("Flash is locked")
    module.flash.sockets = [dict(socket.settings) for socket in module.sockets]
    module.flash.network = copy.copy(module.network)
    module.flash.network.joined, module.flash.network.lease = False, {}
    module.flash.config = dict(module.config)
    return Answer()


def clear(module: Module, _command: Command) -> Answer:
    """Z2: what was saved is forgotten; what is in use stays (assumption). The manual shows two lines (UM50)."""
    if module.flash.locked:
        return refusal("Flash is locked")
    what = "Erasing user sections" if module.config["Z3"] else "Erasing"
    module.flash.sockets = [settings.defaults(module.limits) for _ in module.sockets]
    module.flash.network = settings.JoinState()
    module.flash.config = config.defaults()
    return Answer(payload=lines(f"[EEPROM ] {what}", "[EEPROM ] Complete"))


def reset(module: Module, _command: Command) -> None:
    """ZR: a soft reset; the start-up prompt is the answer."""
    module.reboot()


def enter_human_mode(module: Module, _command: Command) -> Answer:
    """`$$$`: echo from here on. The spelling of the text varies (UM 4.2), its frame is an assumption."""
    module.human = True
    return Answer(payload=f"Entering {module.forms.human_text}".encode())


def leave_human_mode(module: Module, _command: Command) -> Answer:
    """`---`: no echo from here on (UM 4.3)."""
    module.human = False
    return Answer(payload=f"Exiting {module.forms.human_text}".encode())


TABLE: dict[str, Entry] = {
    "$$$": Entry(enter_human_mode, "", BARE),
    "---": Entry(leave_human_mode, "", BARE),
    "I?": Entry(identify, "", BARE),
    "MR": Entry(poll, "", BARE),
    "MS": Entry(suppress, "= 0 to 3", VALUE),
    "MT": Entry(error_texts, "= 0 full, 1 short", VALUE),
    "Z0": Entry(to_defaults, "", BARE),
    "Z1": Entry(save, "", BARE),
    "Z2": Entry(clear, "", BARE),
    "ZR": Entry(reset, "", BARE),
}
