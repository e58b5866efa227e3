"""The reference emulator: an eS-WiFi module made of software, written from the vendor's documents alone.

The rooms: `core` decides (bytes, network events and the time go in, effects come out; no socket, no clock, no
thread), `shells` do (serial side, network side, event loop), `faults` break one promise each, by name, and
`profiles` tell firmware apart. Nothing here is shared with the suites that judge a module.

Keys of the documents cited in this package: WEB (the vendor's page on multi-accept), UM (IWIN AT command set
user's manual), QR20 and QR9 (quick references), DS (ISM4343 data sheet), LOG (users' captures from real
modules), DRV (what published drivers rely on). "Assumption" marks bytes that no source gives.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reference_impl.control import Control, ControlError
    from reference_impl.emulator import Emulator, EmulatorError

__all__ = ["Control", "ControlError", "Emulator", "EmulatorError"]

HOMES = {"Control": "control", "ControlError": "control", "Emulator": "emulator", "EmulatorError": "emulator"}


def __getattr__(name: str) -> Any:
    """What driver authors import from here is loaded when they do: the emulator's own process needs none of it."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
