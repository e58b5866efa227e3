"""The network that the rig names: left by a case, and joined again after the case."""

from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere


def home_of(bench: Bench) -> str:
    """The name of the rig's network, to which a case that leaves it comes back. Raises NotAvailableHere."""
    ssid = bench.rig.network.ssid
    if not ssid:
        raise NotAvailableHere("the rig names no network to come back to (--ssid NAME)")
    return ssid


def leave(at: ATClient) -> None:
    """Send CD, and take all that the module says to it."""
    at("CD")
    at.drain(quiet=0.05)


def settings_for(bench: Bench, ssid: str) -> None:
    """The rig's own C2 to C4, with ``ssid`` in C1, as far as they are not set; C0 is not sent."""
    network = bench.rig.network
    bench.at.ensure(f"C1={ssid}")
    if bench.passphrase:
        bench.at.ensure(f"C2={bench.passphrase}")
    bench.at.ensure(f"C3={network.security if bench.passphrase or network.security == 0 else 0}", "C4=1")
