"""Faults of frames, modes and notices."""

import itertools
from functools import partial

from network import QueueingServer
from plain import CRLF
from switches import around, change_result, each_server, register

FAULTS = {}
fault = partial(register, FAULTS)

# ---- framing

SUCCESS = "Success is CR LF, payload, CR LF, OK, CR LF, '> '; an empty one has ten bytes."
ERROR = "An error is CR LF, ERROR and its text, CR LF, optionally a Usage line, and '> '."


@fault("framing", "D", "UM 1.4.2; DS p15", SUCCESS)
def prompt_without_space(module):
    """The prompt is '>' alone."""
    module.prompt = b">"


@fault("framing", "D", "UM 1.4.2; DS p15", SUCCESS)
def ok_in_lower_case(module):
    """Success is 'ok'."""
    module.tail = b"ok"


@fault("framing", "D", "UM 1.4.2; DS p15", SUCCESS)
def line_feeds_only(module):
    """An empty success is delimited by LF instead of CR LF."""
    change_result(module, "frame_ok", lambda answer, payload=b"": answer if payload else answer.replace(CRLF, b"\n"))


@fault("framing", "D", "UM 1.4.2; DS p15", SUCCESS)
def empty_success_of_8_bytes(module):
    """An empty success has one CR LF before OK, so payload length = total - 10 is negative."""
    change_result(module, "frame_ok", lambda answer, payload=b"": answer if payload else answer[2:])


@fault("framing", "D", "UM 1.4.2; DS p15", SUCCESS)
def payload_without_leading_crlf(module):
    """An answer with a payload starts with the payload."""
    change_result(module, "frame_ok", lambda answer, payload=b"": answer[2:] if payload else answer)


@fault("framing", "D", "UM 1.4.2; QR20 p1", "Every answer ends with the prompt.")
def prompt_lost_every_17th_time(module):
    """Each 17th success has no prompt."""
    count = itertools.count(1)
    change_result(module, "frame_ok", lambda answer, *_: answer if next(count) % 17 else answer[: -len(module.prompt)])


@fault("framing", "D", "UM 1.4.2; QR20 p1", "Every answer ends with the prompt, once.")
def error_with_two_prompts(module):
    """An error ends with two prompts, as if an empty command had followed."""
    change_result(module, "frame_error", lambda answer, *_: answer + CRLF + module.prompt)


@fault("framing", "D", "UM 1.4.2", ERROR)
def error_without_prompt(module):
    """An error ends with its Usage line."""
    change_result(module, "frame_error", lambda answer, *_: answer[: -len(module.prompt)])


@fault("framing", "D", "UM 1.4.2", ERROR)
def unknown_command_is_ignored(module):
    """An unknown command has no answer at all."""

    @around(module, "find")
    def find(old, line, name):
        return old(line, name) if name in module.commands else lambda data: b""


@fault("framing", "D", "UM 1.4.2", ERROR)
def unknown_command_is_ok(module):
    """An unknown command is answered with OK."""

    @around(module, "find")
    def find(old, line, name):
        return old(line, name) if name in module.commands else lambda data: module.frame_ok()


@fault("framing", "D", "UM 1.4", "A command is two capital letters or digits.")
def lower_case_acts(module):
    """Commands act in lower case too."""

    @around(module, "execute")
    def execute(old, line):
        return old(line[:2].upper() + line[2:])


@fault("framing", "D", "UM 1.4", "Data may be any byte 0x00 to 0xFF.")
def nul_ends_a_value(module):
    """A value ends at its first NUL, as a C string does."""

    @around(module, "execute")
    def execute(old, line):
        return old(line.partition(b"\0")[0])


@fault("framing", "D", "UM 1.4", "Data may be any byte 0x00 to 0xFF.")
def values_of_seven_bits(module):
    """The top bit of every byte of a command line is cleared."""

    @around(module, "execute")
    def execute(old, line):
        return old(bytes(byte & 0x7F for byte in line))


@fault("framing", "D", "UM 5.2", "A lone CR is answered with CR LF and the prompt.")
def lone_cr_is_an_error(module):
    """A lone CR is taken for an unknown command."""
    module.answer_nothing = lambda: module.frame_error("", "Unknown command")


@fault("framing", "D", "UM 5.2", "A lone CR is answered with CR LF and the prompt.")
def lone_cr_is_silent(module):
    """A lone CR has no answer."""
    module.answer_nothing = lambda: b""


@fault("framing", "D", "UM 4.12.5", "With MT=1 an error is ERROR alone.")
def mt_1_keeps_full_texts(module):
    """MT=1 is stored, and changes nothing."""
    _with_mt(module, 0)


@fault("framing", "D", "UM 4.12.5", "With MT=1 an error is ERROR alone.")
def mt_1_keeps_the_usage_line(module):
    """MT=1 drops the reason and keeps the Usage line."""

    @around(module, "frame_error")
    def frame_error(old, name, reason, lines=()):
        lines = [*lines, b"ERROR", b"Usage: " + name.encode()] if module.common["MT"] else lines
        return CRLF + CRLF.join(lines) + CRLF + module.prompt if module.common["MT"] else old(name, reason, lines)


@fault("framing", "D", "UM 4.12.5", "MT: 0 full error texts, 1 short.")
def mt_0_after_mt_1_stays_short(module):
    """Once MT=1 was set, MT=0 is accepted without effect."""
    seen = []

    @around(module, "frame_error")
    def frame_error(old, name, reason, lines=()):
        seen.extend([1] * module.common["MT"])
        common, module.common = module.common, module.common | {"MT": int(bool(seen))}
        try:
            return old(name, reason, lines)
        finally:
            module.common = common

    @around(module, "store")
    def store(old, name, value):
        old(name, value)
        seen.extend([1] * module.common["MT"])


@fault("framing", "D", "QR20 p1", "The host waits for the prompt, then sends the next command.")
def deaf_after_an_error(module):
    """The command behind an error is lost."""
    after_error = []

    @around(module, "execute")
    def execute(old, line):
        if after_error:
            after_error.clear()
            return b""
        answer = old(line)
        after_error.extend([1] * (b"ERROR" in answer and b"-1" not in answer))
        return answer


@fault("framing", "D", "UM 4.2", "$$$ enters human readable mode.")
def human_mode_unknown(module):
    """$$$ is an unknown command."""

    @around(module, "change_mode")
    def change_mode(old, human):
        return module.frame_error("$$", "Unknown command") if human else old(human)


@fault("framing", "D", "UM 4.3", "--- leaves human readable mode.")
def human_mode_keeps_echo(module):
    """--- is answered as it should be, and the echo stays on."""

    @around(module, "change_mode")
    def change_mode(old, human):
        answer, module.echo = old(human), True
        return answer


def _with_mt(module, value):
    @around(module, "frame_error")
    def frame_error(old, name, reason, lines=()):
        common, module.common = module.common, module.common | {"MT": value}
        try:
            return old(name, reason, lines)
        finally:
            module.common = common


# ---- notices

NOTICE = "A client that connects is announced: [TCP SVR] Accepted <its address>:<its port>."
FRAME = "A notice is CR LF, text, CR LF and a prompt of its own."


@fault("notices", "D", "UM 4.4; UM 5.6; DS p17", FRAME)
def notice_without_prompt(module):
    """The notice has no prompt of its own."""
    module.frame_notice = lambda text: CRLF + text + CRLF


@fault("notices", "D", "UM 4.4; UM 5.6; DS p17", FRAME)
def notice_without_leading_crlf(module):
    """The notice starts with its text."""
    module.frame_notice = lambda text: text + CRLF + module.prompt


@fault("notices", "M", "WEB, transcript", NOTICE)
def notice_without_port(module):
    """The notice gives the address only."""
    module.accepted_text = lambda address, channel: b"[TCP SVR] Accepted " + address[0].encode()


@fault("notices", "M", "WEB, transcript", NOTICE)
def notice_address_reversed(module):
    """The four numbers of the address are in the wrong byte order."""
    _accepted(module, lambda ip, port: (b".".join(ip.split(b".")[::-1]), port))


@fault("notices", "M", "WEB, transcript", NOTICE)
def notice_port_byte_swapped(module):
    """The two bytes of the port are exchanged."""
    _accepted(module, lambda ip, port: (ip, port >> 8 | (port & 255) << 8))


@fault("notices", "M", "WEB, transcript", NOTICE)
def notice_port_signed(module):
    """A port of 32768 or more is printed as a negative number."""
    _accepted(module, lambda ip, port: (ip, port - 65536 if port > 32767 else port))


@fault("notices", "M", "WEB, transcript", NOTICE)
def notice_of_the_listeners_address(module):
    """The notice names the address that the listener is bound to, 0.0.0.0, with the client's port."""
    _accepted(module, lambda ip, port: (b"0.0.0.0", port))


@fault("notices", "M", "WEB, transcript", NOTICE)
def notice_with_the_former_port(module):
    """From the second client on, the notice gives the port of the one before."""
    ports = []

    def former(ip, port):
        ports.append(port)
        return ip, ports[-2:][0]

    _accepted(module, former)


@fault("notices", "M", "WEB, transcript", NOTICE)
def notice_keeps_the_first_address(module):
    """The address of the first client is printed for all."""
    seen = []

    def first(ip, port):
        seen.append(ip)
        return seen[0], port

    _accepted(module, first)


@fault("notices", "M", "WEB, transcript", NOTICE)
def notice_misspelt(module):
    """'Accept' instead of 'Accepted'."""
    change_result(module, "accepted_text", lambda text, *_: text.replace(b"Accepted", b"Accept"))


@fault("notices", "M", "WEB, transcript", "One notice for each client.")
def notice_doubled(module):
    """The notice of every client comes twice."""
    _announce(module, lambda old, server, number, address: [old(address), old(address)])


@fault("notices", "M", "WEB, transcript", "After P5=10 the next client is announced: the notice again.")
def notice_for_the_first_client_only(module):
    """Only the first client after a start is announced."""
    _announce(module, lambda old, server, number, address: old(address) if number == 1 else None)


@fault("notices", "M", "WEB, transcript", NOTICE)
def notice_lost_after_a_restart(module):
    """A server that is started for the second time announces nobody."""
    starts = itertools.count(1)

    @each_server(module)
    def server_made(server):
        if next(starts) > 1:
            server.announce = lambda address: None


@fault("notices", "M", "WEB, transcript", NOTICE)
def notice_lost_every_17th_time(module):
    """The 17th client, and its multiples, are served without a word."""
    count = itertools.count(1)
    _announce(module, lambda old, server, number, address: old(address) if next(count) % 17 else None)


@fault("notices", "M", "WEB, transcript", NOTICE)
def notice_waits_for_a_command(module):
    """A notice is sent only behind the answer to the next command: it does not come by itself."""
    module.say_notices = lambda: None
    module.next_due = lambda: None

    @around(module, "send")
    def send(old, answer):
        old(answer + b"".join(module.due_notices()))


@fault("notices", "M", "WEB, multi-connection table", "One client is served at a time; it is announced at its turn.")
def notice_when_queued(module):
    """A client that has to wait is announced at once, not at its turn."""
    module.server_kind = QueueingServer

    @each_server(module)
    def server_made(server):
        announce = server.announce
        server.announce = lambda address: None
        server.queued = lambda sock, address: announce(address)


@fault("notices", "D", "UM, MS", "MS=1 suppresses asynchronous text.")
def ms_1_without_effect(module):
    """MS=1 is accepted, and the notices go on."""

    @around(module, "post")
    def post(old, text, server=None):
        common, module.common = module.common, module.common | {"MS": 0}
        old(text, server)
        module.common = common


def _accepted(module, change):
    def accepted_text(address, channel):
        ip, port = change(address[0].encode(), address[1])
        return b"[TCP SVR] Accepted %s:%d" % (ip, port)

    module.accepted_text = accepted_text


def _announce(module, change):
    @each_server(module)
    def server_made(server):
        numbers = itertools.count(1)

        @around(server, "announce")
        def announce(old, address):
            change(old, server, next(numbers), address)
