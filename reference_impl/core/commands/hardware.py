"""B, U, G and WL: the serial line, the pins and the LED (UM 4.5, 4.10, 4.17, 4.18). Nothing here moves a real pin."""

from reference_impl.core.answers import Answer
from reference_impl.core.commands.base import BARE, VALUE, Command, Entry, refusal
from reference_impl.core.commands.stored import kept_bytes, kept_number, put, settings_rows, shown
from reference_impl.core.module import Module
from reference_impl.core.settings import number

PINS = 13
"""GPIO0-4, ADC0-4, CFG1-2, WAKEUP: what G? shows (UM35)."""

LED, BUTTON, INPUT, OUTPUT, ADC = range(1, 6)


def interface(module: Module, _command: Command) -> Answer:
    """B?: 0 UART, 1 SPI (UM21)."""
    return shown(module, int(module.polled))


def use_rate(module: Module, _command: Command) -> Answer | None:
    """U0: the rate of U2 counts from now on (UM55, QR7). The line itself has no rate: `--baud` paces it.

    OK at the old rate (ST waits for it), or nothing (VPY).
    """
    module.rate = kept_number(module, "U2")
    return None if module.forms.rate_silent else Answer()


def line_settings(module: Module, _command: Command) -> Answer:
    """U?: port, rate, width, parity, stop, mode (UM49): as numbers, which ST reads, or in words (DH39)."""
    if module.forms.uart_words:
        return shown(module, "UART", module.rate, 8, "NONE", 1, "ASCII", 0, 0)
    return shown(module, 0, module.rate, 8, 0, 1, 0)


def pin_type(module: Module, command: Command) -> Answer:
    """G4=pin,type: 1 LED, 2 button, 3 input, 4 output, 5 ADC (UM33, QR5)."""
    fields = _numbers(command, 2)
    if fields is None or not (_is_pin(module, fields[0]) and LED <= fields[1] <= ADC):
        return refusal()
    module.pins[fields[0]] = (fields[1], 0)
    return Answer()


def read_pin(module: Module, command: Command) -> Answer:
    """G2=pin,type: a number (its form is an assumption); the type must be the one that G4 gave (assumption)."""
    fields = _numbers(command, 2)
    if fields is None or fields[1] not in (BUTTON, INPUT, ADC) or _type(module, fields[0]) != fields[1]:
        return refusal()
    return shown(module, module.pins[fields[0]][1])


def write_pin(module: Module, command: Command) -> Answer:
    """G3=pin,type,value: an LED or an output to 0 or 1 (UM33)."""
    fields = _numbers(command, 3)
    if fields is None or fields[1] not in (LED, OUTPUT) or fields[2] > 1 or _type(module, fields[0]) != fields[1]:
        return refusal()
    module.pins[fields[0]] = (fields[1], fields[2])
    return Answer()


def show_pins(module: Module, _command: Command) -> Answer:
    """G?: the types of 13 pins, 0 for none yet (UM35; that they are numbers is an assumption)."""
    return shown(module, *(_type(module, pin) for pin in range(PINS)))


def led(module: Module, command: Command) -> Answer:
    """WL=link pin,activity pin,polarity; `#` as at first, `?` shows (UM49)."""
    if command.value == b"?":
        return Answer(payload=kept_bytes(module, "WL"))
    if command.value == b"#":
        put(module, "WL", b"255,255,0")
        return Answer()
    fields = _numbers(command, 3)
    if fields is None or max(fields[:2]) > 9 or fields[2] > 1:
        return refusal()
    put(module, "WL", b"%d,%d,%d" % tuple(fields))
    return Answer()


def _numbers(command: Command, count: int) -> list[int] | None:
    """``count`` numbers with commas between them; None where the value is anything else."""
    read = [number(text, 0, 255) for text in (command.value or b"").split(b",")]
    fields = [one for one in read if one is not None]
    return fields if len(fields) == len(read) == count else None


def _is_pin(module: Module, pin: int) -> bool:
    return pin <= (4 if module.polled else 9)


def _type(module: Module, pin: int) -> int:
    return module.pins.get(pin, (0, 0))[0]


TABLE: dict[str, Entry] = {
    "B?": Entry(interface, "", BARE),
    "G2": Entry(read_pin, "= pin, type", VALUE),
    "G3": Entry(write_pin, "= pin, type, value", VALUE),
    "G4": Entry(pin_type, "= pin, type", VALUE),
    "G?": Entry(show_pins, "", BARE),
    "U0": Entry(use_rate, "", BARE),
    "U?": Entry(line_settings, "", BARE),
    "WL": Entry(led, "= link pin, activity pin, polarity, or #, or ?", VALUE),
    **settings_rows("B2", "B3", "U2"),
}
