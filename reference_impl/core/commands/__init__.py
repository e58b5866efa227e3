"""The commands. Each file holds one family and ends in its table; a new command is one new row.

A handler takes the module and the command and returns the answer, or a generator that returns it later, or None
when the module says nothing by itself (ZR).
"""

from reference_impl.core.answers import Answer
from reference_impl.core.commands import (
    access_point,
    certificates,
    data,
    extras,
    hardware,
    identity,
    joining,
    names,
    network,
    ping,
    scan,
    sockets,
    system,
)
from reference_impl.core.commands.base import Command, Entry, parse, refusal, signed
from reference_impl.core.module import Module
from reference_impl.core.reader import Line
from reference_impl.core.work import Task

__all__ = ["COMMANDS", "dispatch"]

FAMILIES = (
    *(sockets, data, certificates, network, joining, access_point, scan, names, ping),
    *(identity, hardware, extras, system),
)
COMMANDS: dict[str, Entry] = {name: row for family in FAMILIES for name, row in family.TABLE.items()}


def dispatch(module: Module, line: Line) -> Answer | Task | None:
    """Begin the command that the line holds; what is none answers ERROR (UM 1.4.2)."""
    if not line.text and not line.overlong:
        return Answer(wordless=True)  # a lone CR answers the prompt (UM 5.2)
    command = parse(_without_stray(line.text) if module.after_payload else line.text)
    module.after_payload = False
    row = COMMANDS.get(command.name)
    if command.value == b"" and row is not None and False in row.forms:
        command = Command(command.name, None)  # drivers send `R0=` for R0 (DRV)
    if row is None or line.overlong:
        # The name is not repeated: rubbish may hold anything, a misspelt passphrase too.
        return signed(refusal("Command not found"), Command("COMMAND", None), "= value")
    if (command.value is not None) not in row.forms:
        return signed(refusal(), command, row.usage)
    return signed(row.handler(module, command), command, row.usage)


def _without_stray(text: bytes) -> bytes:
    """The line without one stray byte that came late behind an S3 payload (Zephyr sends one, DRV)."""
    if parse(text).name in COMMANDS:
        return text
    return text[1:] if parse(text[1:]).name in COMMANDS else text
