"""Commands that keep a setting of the whole module, and what they share with those that do more."""

from reference_impl.core.answers import Answer
from reference_impl.core.commands.base import VALUE, Command, Entry, refusal
from reference_impl.core.config import CONFIG
from reference_impl.core.module import Module
from reference_impl.core.seams import Change, Check
from reference_impl.core.values import Value


def keep(module: Module, command: Command) -> Answer:
    """Store the value of the command's own row, or refuse it without a change (UM 1.4.2)."""
    return keep_as(module, command.name, command.value or b"")


def keep_as(module: Module, name: str, text: bytes) -> Answer:
    """Store the value of the row `name`, or refuse it without a change."""
    check = module.seams.check(Check(name, text, CONFIG[name].read(text)))
    if check.value is None:
        return refusal()
    put(module, name, check.value)
    return Answer()


def put(module: Module, name: str, value: Value) -> None:
    """Keep a value that has been read already."""
    change = module.seams.store(Change(module.selected, name, value))
    if change is not None:
        module.config[change.name] = change.value


def kept_number(module: Module, name: str) -> int:
    """A row that is a number."""
    value = module.config[name]
    assert isinstance(value, int)
    return value


def kept_bytes(module: Module, name: str) -> bytes:
    """A row that is text of the host."""
    value = module.config[name]
    assert isinstance(value, bytes)
    return value


def shown(module: Module, *fields: object) -> Answer:
    """A query's answer: the fields with commas between them; bytes go out as they came in."""
    texts = [field.decode("utf-8", "surrogateescape") if isinstance(field, bytes) else str(field) for field in fields]
    texts = module.seams.shown(texts)
    return Answer(payload=",".join(texts).encode("utf-8", "surrogateescape"))


def settings_rows(*names: str) -> dict[str, Entry]:
    """The rows of commands that only keep their value."""
    return {name: Entry(keep, CONFIG[name].usage, VALUE) for name in names}
