"""The module: its state, and what commands and faults ask of it. `engine` moves it.

Below it: settings, sockets, notices, the answer's forms, the seams of the faults. Above it: what needs time (`tasks`),
the TCP server (`server`), the commands, the engine.
"""

import copy
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from reference_impl.core import config, settings
from reference_impl.core.access_point import AccessPoint
from reference_impl.core.effects import Close, Effect, Write
from reference_impl.core.events import Event
from reference_impl.core.notices import Notices
from reference_impl.core.profile import Forms, Limits, Profile
from reference_impl.core.reader import Reader
from reference_impl.core.seams import Notice, Seams, in_turn
from reference_impl.core.sockets import Socket
from reference_impl.core.values import Value
from reference_impl.core.work import Work
from reference_impl.core.world import World


@dataclass
class Flash:
    """What Z1 saves and a reset brings back."""

    sockets: list[dict[str, Value]]
    network: settings.JoinState
    config: dict[str, Value] = field(default_factory=config.defaults)
    locked: bool = False
    certificates: dict[tuple[int, int], bytes] = field(default_factory=dict, repr=False)


class Module:
    """One module. `seams` are the faults put into it; `serial` tells several modules apart (MAC, name).

    `byte_time`: the seconds that a byte takes on its serial line; 0 where that is not known.
    """

    def __init__(
        self,
        profile: Profile | None = None,
        address: str = "127.0.0.1",
        *,
        polled: bool = False,
        joined: str | None = None,
        seams: Iterable[Seams] = (),
        serial: int = 0,
        byte_time: float = 0.0,
        world: World | None = None,
    ) -> None:
        self.profile = profile or Profile()
        self.limits: Limits = self.profile.limits
        self.forms: Forms = self.profile.forms
        self.address = self.first_address = address
        self.world = world or World()
        self.in_reach = True
        """False while the networks around are out of reach of this module."""
        self.polled = polled
        self.serial = serial
        self.byte_time = byte_time
        self.now = 0.0
        self.reader = Reader()
        self.running = b""
        """The line of the command carried out last, for faults that act on one command only."""
        faults = list(seams)
        for one in faults:
            one.module = self
        self.seams = in_turn(faults)
        """What is done, believed and said goes through these: they change nothing where there is no fault."""
        self.effects: list[Effect] = []
        """What the shell has not taken yet."""
        self._handles = 0
        self.flash = Flash([settings.defaults(self.limits) for _ in range(self.limits.sockets)], settings.JoinState())
        if joined is not None:
            self.flash.network.ssid = joined.encode()
        self.clear()
        self.network.joined = joined is not None

    def clear(self) -> None:
        """The state after a reset: what was saved, nothing open, nothing joined (assumption)."""
        self.sockets = [Socket(index, dict(saved)) for index, saved in enumerate(self.flash.sockets)]
        self.network: settings.JoinState = copy.copy(self.flash.network)
        self.config = dict(self.flash.config)
        self.access_point = AccessPoint()
        self.scan_rest: deque[bytes] | None = None
        self.pins: dict[int, tuple[int, int]] = {}
        self.rate = int(str(self.config["U2"]))
        self.started = self.now
        self.selected = 0
        self.short_errors = self.profile.limits.short_errors
        self.suppression = 0
        self.human = False
        self.reads = 0
        self.after_payload = False
        self.notices = Notices(polled=self.polled)
        self.mail: list[Event] = []
        self.posted: deque[Event] = deque()
        self.work = Work()
        self.reader.clear()

    # --- what it is ------------------------------------------------------------------------------------------
    @property
    def product(self) -> str:
        """The product's name: that of the SPI firmware where notices are polled."""
        name = self.profile.identity.product
        return name.removesuffix("-UART") + "-SPI" if self.polled and name.endswith("-UART") else name

    @property
    def socket(self) -> Socket:
        """The socket that P0 has selected."""
        return self.sockets[self.selected]

    @property
    def idle(self) -> bool:
        """No command is being carried out or answered."""
        return self.work.idle

    @property
    def online(self) -> bool:
        """There is a network to serve and to connect on: a joined one, or the module's own (UM 4.4)."""
        return self.network.joined or bool(self.access_point.mode)

    # --- what goes out ---------------------------------------------------------------------------------------
    def new_handle(self) -> int:
        """A number for a server or a link, never used before."""
        self._handles += 1
        return self._handles

    def emit(self, effect: Effect) -> None:
        """Ask the shell for something."""
        changed = self.seams.effect(effect)
        if changed is not None:
            self.effects.append(changed)

    def write(self, data: bytes) -> None:
        """Bytes to the host."""
        data = self.seams.output(data)
        self.emit(Write(data, self.forms.dribble_us / 1e6, self.forms.dribble_size))

    def tell(self, text: str, socket: int) -> None:
        """Asynchronous text, sooner or later."""
        delay = 0.0 if self.forms.notice_at_once else self.forms.notice_ms / 1000
        notice = self.seams.notice(Notice(text, socket, delay))
        if notice is not None and not self.suppression:
            self.notices.add(notice, self.now)

    # --- what comes in ---------------------------------------------------------------------------------------
    def post(self, event: Event) -> None:
        """An event to be believed as if the network had told it, as soon as what goes on now is done."""
        self.posted.append(event)

    def has_mail(self, handle: int) -> bool:
        """True when an event for the handle waits."""
        return any(event.handle == handle for event in self.mail)

    def take_mail(self, handle: int) -> Event | None:
        """The first event for the handle, if any."""
        for position, event in enumerate(self.mail):
            if event.handle == handle:
                return self.mail.pop(position)
        return None

    # --- what ends -------------------------------------------------------------------------------------------
    def close_all(self) -> None:
        """Close every server and link, and what is being opened, as a reset or leaving the network does."""
        if self.work.awaited is not None:
            self.emit(Close(self.work.awaited))
        for socket in self.sockets:
            self.close(socket)

    def close(self, socket: Socket) -> None:
        """Close what is open on one socket: the link first, then the server (WEB: P5=0 closes both)."""
        self.close_link(socket)
        if socket.server is not None:
            self.emit(Close(socket.server.handle))
        socket.server = None

    def close_link(self, socket: Socket) -> None:
        """Close the client or connection; a notice of it that nobody has seen yet is withdrawn (assumption)."""
        if socket.link is not None:
            self.emit(Close(socket.link.handle))
        socket.link, socket.role = None, ""
        self.notices.withdraw(socket.index)

    def reboot(self) -> None:
        """A soft reset: everything that was not saved is lost (assumption), then the start-up prompt."""
        self.close_all()
        self.clear()
        self.work.boot_at = self.now + self.forms.boot_ms / 1000
