"""The command line: options in, one line of JSON out when the modules are ready."""

import argparse
import errno
import ipaddress
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from reference_impl.core.commands.network import NO_SUCH
from reference_impl.core.effects import Endpoint
from reference_impl.core.engine import Engine
from reference_impl.core.module import Module
from reference_impl.core.outside import carry_out
from reference_impl.core.profile import ProfileError, load
from reference_impl.core.world import World
from reference_impl.faults import FAULTS, UnknownFault, build
from reference_impl.shells.board import Board
from reference_impl.shells.control import TCP, ControlSocket
from reference_impl.shells.errors import SetupError
from reference_impl.shells.life import end_with_parent
from reference_impl.shells.loop import Loop
from reference_impl.shells.pty_line import PtyLine
from reference_impl.shells.serial_line import SerialLine, byte_time
from reference_impl.shells.tcp_line import TcpLine
from reference_impl.surroundings import make_world
from reference_impl.variants import VARIANTS, UnknownVariant, vary

EXIT_SETUP = 2
PACKAGE = __name__.rpartition(".")[0]
MOST = 64
PINS = {"dtr": ("dtr",), "rts": ("rts",), "both": ("dtr", "rts"), "none": ()}
"""Which modem lines reset the module: it is dead while one of them is off, and starts when they are on again."""

SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name))
"""The signals that end the emulator in order; Windows has no SIGHUP."""


class _NobodyReads(Exception):
    """The reader of our output has gone, as ``head`` goes when it has enough."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def print_help(self, file: object = None) -> None:  # noqa: ARG002 - argparse names it
        """The help, which may go to a full disk like all else."""
        _say(self.format_help())

    def error(self, message: str) -> NoReturn:
        raise SetupError(f"{message}; see --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the emulator until a signal ends it. Returns the exit status: 0, or 2 when it cannot start as asked."""
    parent = os.getppid()
    try:
        options = _parser().parse_args(arguments)
        if options.list_faults or options.list_variants:
            _list(options)
            return 0
        return _run(options, parent)
    except (SetupError, ProfileError, UnknownFault, UnknownVariant) as error:
        if sys.stderr is not None:
            sys.stderr.write(f"{PACKAGE}: {error}\n")
        return EXIT_SETUP
    except _NobodyReads:
        return EXIT_SETUP


def _say(text: str) -> None:
    """To stdout, at once. Raises SetupError where it takes nothing, _NobodyReads where nobody is left to read."""
    if sys.stdout is None:
        raise SetupError("stdout is closed; leave it open, or send it to /dev/null")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _write_no_more()
        if isinstance(error, BrokenPipeError):
            raise _NobodyReads from None
        raise SetupError(f"stdout cannot be written: {error.strerror}; send it elsewhere") from None


def _write_no_more() -> None:
    """What is still in the buffer goes nowhere: Python writes it once more when it ends, and would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _parser() -> argparse.ArgumentParser:
    prog = f"python -m {PACKAGE}" if Path(sys.argv[0]).name == "__main__.py" else None
    parser = _Parser(prog=prog, description="An eS-WiFi module made of software.")
    serial = parser.add_argument_group("serial side (a pseudo-terminal unless said otherwise)")
    serial.add_argument("--link", type=_path, metavar="PATH", help="symbolic link to the pty")
    serial.add_argument("--tcp", type=_endpoint, metavar="HOST:PORT", help="raw TCP instead; port 0: any")
    serial.add_argument("--rfc2217", type=_endpoint, metavar="HOST:PORT", help="RFC 2217 instead; port 0: any")
    serial.add_argument("--reset-pin", choices=sorted(PINS), help="RFC 2217: what resets the module (default: both)")
    serial.add_argument("--baud", type=_between(50, 4000000), metavar="N", help="pace the bytes (default: do not)")
    network = parser.add_argument_group("network side")
    network.add_argument("--address", type=_address, default="127.0.0.1", metavar="IP", help="the module's own")
    network.add_argument("--joined", type=_ssid, metavar="SSID", help="start joined to this network")
    network.add_argument("--networks", type=_path, metavar="FILE", help="the networks around, and no other")
    network.add_argument("--names", type=_path, metavar="FILE", help="the host names that D0 finds, and no other")
    network.add_argument("--name", type=_name, action="append", default=[], metavar="HOST=IP", help="one of them")
    network.add_argument(
        "--control", type=_control, metavar="PATH", help="unix socket, or tcp:PORT, for a bench's hand"
    )
    module = parser.add_argument_group("the module")
    module.add_argument("--profile", default="web", metavar="NAME|FILE", help="firmware (default: web)")
    module.add_argument("--notices", choices=("inline", "mr"), default="inline", help="UART's way or SPI's")
    module.add_argument("--variant", action="append", default=[], metavar="NAME", help="conforming, may be repeated")
    module.add_argument("--fault", action="append", default=[], metavar="NAME", help="faulty, may be repeated")
    module.add_argument("--list-variants", action="store_true", help="name, what, source; then end")
    module.add_argument("--list-faults", action="store_true", help="name, what it breaks, source; then end")
    process = parser.add_argument_group("the process")
    process.add_argument("--count", type=_between(1, MOST), default=1, metavar="N", help="several modules")
    process.add_argument("--stay", action="store_true", help="do not end with the process that started this one")
    return parser


# --- readers of values ---------------------------------------------------------------------------------------
def _between(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"expected a number from {low} to {high}, not {text!r}")
        return int(text)

    return read


def _endpoint(text: str) -> Endpoint:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"expected HOST:PORT, such as 127.0.0.1:7000, not {text!r}")
    return host, int(port)


def _path(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty: name a path (is the shell variable set?)")
    return Path(text)


def _address(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected an IPv4 address, such as 127.0.0.1, not {text!r}") from None


def _name(text: str) -> tuple[str, str]:
    name, equals, where = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"expected HOST=IP, such as time.example=127.0.0.9, not {text!r}")
    return name, _address(where)


def _control(text: str) -> str:
    return text if text.startswith(TCP) else str(_path(text))


def _ssid(text: str) -> str:
    if not 1 <= len(text.encode()) <= 32:
        raise argparse.ArgumentTypeError("expected an SSID of 1 to 32 bytes")
    if text.encode().startswith(NO_SUCH):
        raise argparse.ArgumentTypeError(f"no network is called {text}: C0 finds none that begins with NOSUCH")
    return text


# --- running -------------------------------------------------------------------------------------------------
def _run(options: argparse.Namespace, parent: int) -> int:
    loop = Loop()
    boards: list[Board] = []
    control: ControlSocket | None = None
    loop.stop_at_signals(SIGNALS)
    if not options.stay:
        end_with_parent(loop, parent)
    try:
        world = make_world(options.networks, options.names, options.name)
        modules = [_module(options, index, world) for index in range(options.count)]
        for index, module in enumerate(modules):
            boards.append(Board(loop, Engine(module), _line(options, index, loop)))
        for board in boards:
            board.power_on()
        if options.control:
            control = ControlSocket(loop, options.control, lambda request: _outside(loop, boards, modules, request))
        _say_ready(options, boards, modules, control)
        loop.run()
    finally:
        if control is not None:
            control.close()
        for board in boards:
            board.close()
    return 0


def _outside(loop: Loop, boards: Sequence[Board], modules: Sequence[Module], request: object) -> dict[str, Any]:
    """Carry a request of the control socket out, and let every module see what has changed."""
    answer = carry_out(modules, request, loop.now())
    for board in boards:
        board.look_again()
    return answer


def _module(options: argparse.Namespace, index: int, world: World) -> Module:
    """Module number `index`: on a loopback network of several, each has an address of its own."""
    return Module(
        vary(load(options.profile), options.variant),
        _own_address(options.address, index),
        polled=options.notices == "mr",
        joined=options.joined,
        seams=build(options.fault),
        serial=index,
        byte_time=byte_time(options.baud),
        world=world,
    )


def _own_address(first: str, index: int) -> str:
    own = ipaddress.IPv4Address(first)
    try:
        own += index
        if own.is_unspecified or own.is_multicast or own.is_reserved:
            raise OSError
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((str(own), 0))
    except (OSError, ValueError):
        raise SetupError(f"--address {own}: not an address of this machine; see `ip address`") from None
    return str(own)


def _line(options: argparse.Namespace, index: int, loop: Loop) -> SerialLine:
    if sum(option is not None for option in (options.tcp, options.rfc2217, options.link)) > 1:
        raise SetupError("--link, --tcp and --rfc2217 exclude each other; give one")
    if options.reset_pin is not None and not options.rfc2217:
        raise SetupError("--reset-pin goes with --rfc2217: no other serial side has modem lines")
    if options.tcp:
        return TcpLine(loop, options.baud, _numbered("--tcp", options.tcp, index))
    if options.rfc2217:
        return _rfc2217(options, index, loop)
    link = options.link
    if link is not None and options.count > 1:
        link = link.with_name(f"{link.name}{index}")
    return PtyLine(loop, options.baud, link)


def _rfc2217(options: argparse.Namespace, index: int, loop: Loop) -> SerialLine:
    try:
        from reference_impl.shells.rfc2217_line import Rfc2217Line
    except ImportError:
        raise SetupError("--rfc2217 needs pyserial; install it, or use --tcp") from None
    return Rfc2217Line(
        loop, options.baud, _numbered("--rfc2217", options.rfc2217, index), PINS[options.reset_pin or "both"]
    )


def _numbered(option: str, first: Endpoint, index: int) -> Endpoint:
    host, port = first
    _refuse_elsewhere(option, host)
    if port and port + index > 65535:
        raise SetupError(f"port {port} leaves no room for {index + 1} modules; choose a lower one")
    return host, port + index if port else 0


def _refuse_elsewhere(option: str, host: str) -> None:
    """A host of another machine cannot be listened at, whatever the port. Raises SetupError."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((host, 0))
    except (socket.gaierror, UnicodeError):
        why = "cannot be resolved; name an address of this machine, such as 127.0.0.1"
        raise SetupError(f"{option}: the host {host} {why}") from None
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise SetupError(f"{option}: the host {host} is not of this machine; see `ip address`") from None


def _say_ready(
    options: argparse.Namespace, boards: Sequence[Board], modules: Sequence[Module], control: ControlSocket | None
) -> None:
    ports = [
        {"index": index, "url": board.line.url, "link": _link(board.line), "address": module.address}
        for index, (board, module) in enumerate(zip(boards, modules, strict=True))
    ]
    where = {"control": control.where} if control else {}
    ready = {"event": "ready", "ports": ports, "address": options.address, "pid": os.getpid(), **where}
    _say(json.dumps(ready) + "\n")


def _link(line: SerialLine) -> str | None:
    return str(line.link) if isinstance(line, PtyLine) and line.link is not None else None


def _list(options: argparse.Namespace) -> None:
    if options.list_faults:
        rows = ((name, kind.breaks, kind.source) for name, kind in FAULTS.items())
    else:
        rows = ((name, variant.what, variant.source) for name, variant in VARIANTS.items())
    _say("".join("\t".join(row) + "\n" for row in rows))
