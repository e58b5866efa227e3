"""D1 and D2: mDNS (UM 4.7). D0 stands in `network`. Nothing is announced: multicast is not emulated."""

from reference_impl.core.answers import Answer
from reference_impl.core.commands.base import VALUE, Command, Entry, refusal
from reference_impl.core.commands.stored import keep_as, put
from reference_impl.core.config import at_most
from reference_impl.core.module import Module
from reference_impl.core.settings import number


def device(module: Module, command: Command) -> Answer:
    """D1=e,name: mDNS off or on, and the name of the device (UM30, QR5). Off needs no name (assumption)."""
    enable, _, name = (command.value or b"").partition(b",")
    good = number(enable, 0, 1) is not None and at_most(32)(name) is not None and (name or number(enable, 0, 0) == 0)
    if not good:
        return refusal()
    put(module, "D1", enable[-1:] + b"," + name)
    return Answer()


def service(module: Module, command: Command) -> Answer:
    """D2=i,instance,service,port,ttl (usage, QR5); the samples have an enable field behind i, or it alone (UM30).

    Whether service i is on shows in C0's last two fields (UM31).
    """
    fields = (command.value or b"").split(b",")
    index = number(fields[0], 0, 1)
    alone = len(fields) == 2
    enable = fields.pop(1) if len(fields) in (2, 6) else b"1"
    if index is None or not (alone or _is_service(fields[1:])):
        return refusal()
    return keep_as(module, f"D2.{index}", enable)


def _is_service(fields: list[bytes]) -> bool:
    if len(fields) != 4:
        return False
    instance, kind, port, ttl = fields
    words = at_most(32, 1)(instance) is not None and at_most(32, 1)(kind) is not None
    return words and number(port, 0, 65535) is not None and number(ttl, 0, 0xFFFFFFFF) is not None


TABLE: dict[str, Entry] = {
    "D1": Entry(device, "= 0 or 1, name", VALUE),
    "D2": Entry(service, "= index, instance, service, port, time to live", VALUE),
}
