"""PA to PG: certificates and keys (UM 4.13.10-17). PC and PD are left out: gone in C6, and without a form before.

What PG programs is in the flash at once (assumption), and no command shows any of it: PE tells what there is.
"""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.commands.base import EITHER, VALUE, Command, Entry, refusal
from reference_impl.core.commands.data import PAYLOAD_QUIET, drop_until_quiet
from reference_impl.core.commands.stored import keep_as, shown
from reference_impl.core.module import Module
from reference_impl.core.settings import number
from reference_impl.core.tasks import Bytes
from reference_impl.core.work import Task

SETS, TYPES = 3, 3
LONGEST = 9999
"""Bytes of one certificate or key: ST pads the length to four digits."""

MATCH = b"Match"


def authority_name(module: Module, command: Command) -> Answer:
    """PA=i,name: the name of an own authority (UM41; the comma by QR6). It is kept and has no effect."""
    index, comma, name = (command.value or b"").partition(b",")
    place = number(index, 0, 1)
    return keep_as(module, f"PA.{place}", name) if comma and place is not None else refusal()


def show(module: Module, command: Command) -> Answer:
    """PE: the sets; PE=s: authority, certificate and key of set s; each 0 used, 1 available (UM42)."""
    held = module.flash.certificates
    if not command.value:
        used = {place for place, _kind in held}
        return shown(module, *(int(place not in used) for place in range(SETS)))
    place = number(command.value, 0, SETS - 1)
    if place is None:
        return refusal()
    return shown(module, *(int((place, kind) not in held) for kind in range(TYPES)))


def choose(module: Module, command: Command) -> Answer:
    """PF=f,s: the set that is active for f, 0 TLS or 1 AWS (UM42, QR6)."""
    function, comma, chosen = (command.value or b"").partition(b",")
    place = number(function, 0, 1)
    return keep_as(module, f"PF.{place}", chosen) if comma and place is not None else refusal()


def program(module: Module, command: Command) -> Task:
    """PG=set,type,length, CR and so many bytes: 0 authority, 1 certificate, 2 key (UM42).

    Fewer bytes than said: ERROR, nothing is programmed. One more is swallowed as behind S3: Zephyr sends one; more are
    one ERROR behind the answer (assumptions by analogy).
    """
    fields = [number(text, 0, LONGEST) for text in (command.value or b"").split(b",")]
    place, kind, length = fields if len(fields) == 3 else (None, None, None)
    if place is None or kind is None or not length or place >= SETS or kind >= TYPES:
        yield from drop_until_quiet(module)
        return refusal()
    wait = max(module.socket.number("S2") / 1000, PAYLOAD_QUIET)
    yield Bytes(length, wait, module.now)
    data = module.reader.take(length)
    excess = yield from drop_until_quiet(module)
    module.after_payload = True
    answer = _keep(module, (place, kind), data) if len(data) == length else refusal("Too few bytes")
    if excess > 1:
        return replace(
            answer, then=Answer("PG", ok=False, reason="Too many bytes", usage="= set, type, length, CR, data")
        )
    return answer


def _keep(module: Module, where: tuple[int, int], data: bytes) -> Answer:
    """OK; the same content again is a Match (UM42), with OK or with ERROR: its frame is in no source."""
    if module.flash.certificates.get(where) == data:
        return refusal(MATCH.decode(), MATCH) if module.forms.match_error else Answer(payload=MATCH)
    module.flash.certificates[where] = module.seams.payload(data)
    return Answer()


TABLE: dict[str, Entry] = {
    "PA": Entry(authority_name, "= 0 or 1, name", VALUE),
    "PE": Entry(show, "= set, 0 to 2", EITHER),
    "PF": Entry(choose, "= 0 TLS or 1 AWS, set", VALUE),
    "PG": Entry(program, "= set, type, length, CR, data", VALUE),
}
