"""Freedoms of frames, of the line and of notices."""

import itertools
import os
import time
from functools import partial

from network import Lost
from plain import CRLF
from switches import around, each_peer, each_server, register

VARIANTS = {}
variant = partial(register, VARIANTS)

# ---- framing


@variant("framing", "O", "WEB, multi-connection table", "Waiting on connection … (U+2026, behind a space)")
def ellipsis_unicode(module):
    """The ellipsis of the Waiting line is the vendor page's own character, in UTF-8."""
    module.waiting = "[TCP SVR] Waiting on connection …".encode()


@variant("framing", "O", "DS p17; UM 5.6.1", "The Waiting line is printed with three dots, with or without a space.")
def ellipsis_spaced(module):
    """Three dots behind a space."""
    module.waiting = b"[TCP SVR] Waiting on connection ..."


@variant("framing", "O", "DRV; LOG", "Machine mode does not echo: drivers rely on it, no manual says it.")
def echo_in_machine_mode(module):
    """Command lines are echoed in machine mode too."""

    @around(module, "power_up")
    def power_up(old):
        old()
        module.echo = True


@variant("framing", "O", "LOG", "The sources are silent about the echo of a payload.")
def echo_of_payload(module):
    """The payload of S3 and S0 is echoed."""

    @around(module, "collect")
    def collect(old, count, seconds):
        payload = old(count, seconds)
        if count <= 1460:
            module.transmit(payload)
        return payload


@variant("framing", "O", "LOG", "An extra CR LF before ERROR is seen on some firmware.")
def crlf_before_error(module):
    """An empty line stands before ERROR."""

    @around(module, "frame_error")
    def frame_error(old, name, reason, lines=()):
        return old(name, reason, [*lines, b""])


@variant("framing", "O", "DRV, firmware C6.2.1.8", "One more CR LF before OK (a profile declares it).")
def crlf_before_ok(module):
    """The empty success has 12 bytes."""
    module.tail = CRLF + b"OK"


@variant("framing", "O", "UM 4.12.5; LOG", "The wording of a reason is not specified.")
def other_reasons(module):
    """Every refusal has the same, other, wording."""

    @around(module, "frame_error")
    def frame_error(old, name, reason, lines=()):
        return old(name, "Invalid Parameters!! (code -9)", lines)


@variant("framing", "O", "UM 1.4.2", "The Usage line of an error is optional.")
def no_usage_line(module):
    """ERROR and its reason only."""

    @around(module, "frame_error")
    def frame_error(old, name, reason, lines=()):
        head, usage, _ = old(name, reason, lines).rpartition(CRLF + b"Usage: ")
        return head + CRLF + module.prompt if usage else old(name, reason, lines)


@variant("framing", "D", "UM 4.12.5; QR20", "MT: 0 full error texts, 1 short; the default is 0 (UM) or 1 (QR20).")
def mt_default_1(module):
    """Short errors after a reset (a profile declares it)."""
    module.common_defaults["MT"] = 1


@variant("framing", "O", "UM 2.1", "No limit is given for the time before an answer.")
def thinks_150_ms(module):
    """Every answer comes 150 ms late."""

    @around(module, "send")
    def send(old, answer):
        time.sleep(0.15)
        old(answer)


@variant("framing", "O", "UM 2.1", "No limit is given for the time before an answer.")
def thinks_unevenly(module):
    """Answers come 0 to 90 ms late, in a fixed rhythm."""
    pauses = itertools.cycle((0.0, 0.09, 0.01, 0.0, 0.05))

    @around(module, "send")
    def send(old, answer):
        time.sleep(next(pauses))
        old(answer)


@variant("framing", "D", "UM 2.1", "Other rates, from 1200 baud.")
def line_of_9600_baud(module):
    """960 bytes a second, each way."""

    @around(module, "transmit")
    def transmit(old, data):
        for start in range(0, len(data), 48):
            old(data[start : start + 48])
            time.sleep(len(data[start : start + 48]) / 960)

    def fetch():
        data = os.read(module.serial.master, 48)
        time.sleep(len(data) / 960)
        return data

    module.serial.fetch = fetch


@variant("framing", "O", "UM 2.1", "A UART is a stream: nothing says that an answer comes in one piece.")
def answers_in_odd_pieces(module):
    """Answers and notices come in pieces of odd sizes, 30 ms apart."""
    sizes = itertools.cycle((1, 2, 5, 400, 3, 700))

    @around(module, "transmit")
    def transmit(old, data):
        while data:
            size = next(sizes)
            old(data[:size])
            data = data[size:]
            time.sleep(0.03 if data else 0)


@variant("framing", "O", "UM 2.1", "A UART is a stream: nothing says that an answer comes in one piece.")
def prompt_late(module):
    """The prompt comes 40 ms behind its OK or ERROR."""

    @around(module, "send")
    def send(old, answer):
        old(answer[: -len(module.prompt)])
        time.sleep(0.04)
        old(module.prompt)


@variant("framing", "D", "QR20 p1", "One command at a time: the host waits for the prompt before the next.")
def deaf_while_busy(module):
    """What the host sends before the answer has come is thrown away."""

    @around(module, "send")
    def send(old, answer):
        module.collect(1 << 20, 0)
        old(answer)


@variant("framing", "O", "UM 4.2", "The answers of human mode are not given byte by byte; spelling varies.")
def human_mode_wording(module):
    """Another spelling, and no OK, when human mode is entered or left."""

    def change_mode(human):
        module.human = module.echo = human
        text = b"Entering Command Mode" if human else b"Exiting Command Mode"
        return CRLF + text + CRLF + module.prompt

    module.change_mode = change_mode


@variant("framing", "O", "UM 1.4", "No source says what happens to an over-long line.")
def long_lines_cut(module):
    """A line is cut at 128 bytes, and what is left of it acts."""

    @around(module, "read_line")
    def read_line(old):
        return old()[:128]


@variant("framing", "O", "UM 5.2; LOG", "A banner may stand before the prompt after a reset.")
def banner(module):
    """Two lines of greeting before the start-up prompt."""
    module.start_up = lambda: CRLF + b"Inventek Systems eS-WiFi" + CRLF + b"Ready." + CRLF + module.prompt


@variant("framing", "O", "UM 5.2", "No limit is given for the time that a reset takes.")
def slow_boot(module):
    """Ready 1.5 s after ZR."""
    module.boot_time = 1.5


# ---- notices


@variant("notices", "O", "WEB, transcript; LOG", "Nothing keeps an answer and a notice apart in time.")
def notice_glued(module):
    """A notice that falls due during a command is sent in one piece with its answer."""
    module.settle_time = 0.1

    @around(module, "send")
    def send(old, answer):
        old(answer + b"".join(module.due_notices()))


@variant("notices", "O", "WEB, transcript; DRV", "No source forbids a notice between a command and its answer.")
def notice_before_answer(module):
    """A notice that falls due during a command goes out, whole, before its answer."""
    module.settle_time = 0.1

    @around(module, "send")
    def send(old, answer):
        module.say_notices()
        old(answer)


@variant("notices", "O", "WEB, transcript", "The transcript shows no prompt between OK and the notice.")
def notice_without_prompt_between(module):
    """OK and a notice that is due already share the notice's prompt."""
    module.settle_time = 0.1

    @around(module, "send")
    def send(old, answer):
        notices = b"".join(module.due_notices())
        old(answer.removesuffix(module.prompt) + notices if notices else answer)


@variant("notices", "O", "UM 4.4", "No limit is given for the time before a notice.")
def notice_300_ms_late(module):
    """The client is served at once; its notice comes 300 ms later."""
    module.notice_delay = 0.3


@variant("notices", "O", "UM 4.4", "No limit is given for the time before a client is accepted.")
def accepts_500_ms_late(module):
    """A client is accepted half a second after its turn has come."""

    @each_server(module)
    def server_made(server):
        @around(server, "admit")
        def admit(old, sock, address):
            time.sleep(0.5)
            old(sock, address)


@variant("notices", "O", "UM 4.4", "Asynchronous text comes unsolicited; no list of the texts is complete.")
def notice_of_a_lost_client(module):
    """One more notice, after the answer in which a client was found lost."""

    @each_peer(module)
    def peer_made(peer):
        @around(peer, "receive")
        def receive(old, most, seconds):
            known = peer.lost
            try:
                return old(most, seconds)
            except Lost:
                if not known:
                    module.post(b"[TCP SVR] Client closed")
                raise


@variant("notices", "O", "UM 4.12.3; DS p17", "The notice's port is the client's (WEB) or the local one (a profile).")
def notice_with_local_port(module):
    """The notice gives the module's own port (a profile declares it)."""
    module.accepted_text = lambda address, channel: (
        b"[TCP SVR] Accepted %s:%d" % (address[0].encode(), channel.values["P2"])
    )
