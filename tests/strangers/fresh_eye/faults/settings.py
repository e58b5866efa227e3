"""Faults of settings and of the queries that show them."""

from functools import partial

from plain import Refused
from switches import around, change_command, change_p_field, register

FAULTS = {}
fault = partial(register, FAULTS)

PER_SOCKET = "All P settings are kept per socket."


@fault("settings", "M", "WEB, P0 row", "P0 selects the socket, 0 to 3.")
def p0_refuses_3(module):
    """There are three sockets only."""
    module.ranges["P0"] = (0, 2)


@fault("settings", "M", "WEB, P0 row", "P0 selects the socket, 0 to 3.")
def p0_selects_nothing(module):
    """P0 is accepted and shown; the commands go on with socket 0."""
    module.p0_shown = 0

    def select_socket(data):
        if data is None:
            return module.frame_ok(b"%d" % module.p0_shown)
        module.p0_shown = module.number("P0", data)
        return module.frame_ok()

    module.commands["P0"] = select_socket


@fault("settings", "D", "UM, P0", "P0 alone shows the selected socket.")
def p0_shows_0(module):
    """P0 alone always shows 0."""
    change_command(module, "P0", lambda old, data: old(data) if data is not None else module.frame_ok(b"0"))


@fault("settings", "D", "UM, P0", PER_SOCKET)
def p2_shared_by_all_sockets(module):
    """There is one local port for all sockets."""
    _shared(module, lambda index: range(4), "P2")


@fault("settings", "D", "UM, P0", PER_SOCKET)
def p4_shared_by_sockets_2_and_3(module):
    """Sockets 2 and 3 have one remote port."""
    _shared(module, lambda index: (2, 3) if index >= 2 else (index,), "P4")


@fault("settings", "M", "WEB, P1 row", "P1 selects the protocol, 0 to 3.")
def p1_refuses_2(module):
    """UDP-Lite is refused."""
    _refuses(module, "P1", lambda value: value == 2)


@fault("settings", "D", "UM, P1", "P1 selects the protocol, in its range.")
def p1_takes_9(module):
    """P1 has no upper limit below 9."""
    module.ranges["P1"] = (0, 9)


@fault("settings", "D", "UM, P2", "P2 is the local port, 0 to 65535.")
def p2_refuses_65535(module):
    """The highest port is refused."""
    module.ranges["P2"] = (0, 65534)


@fault("settings", "D", "UM, P2", "P2 is the local port, 0 to 65535.")
def p2_wraps_at_65536(module):
    """P2=65536 and above is accepted, modulo 65536."""
    module.ranges["P2"] = (0, 999999)
    _stores(module, "P2", lambda value: value % 65536)


@fault("settings", "M", "WEB, P2 row", "P2 sets the port.")
def p2_of_fifteen_bits(module):
    """A port of 32768 or more loses its top bit."""
    _stores(module, "P2", lambda value: value & 0x7FFF)


@fault("settings", "D", "UM, P2", "The default of P2 is 5024.")
def p2_default_5025(module):
    """The local port is 5025 after a reset."""
    module.defaults["P2"] = 5025


@fault("settings", "D", "UM, P4", "The default of P4 is 5025.")
def p4_default_0(module):
    """The remote port is 0 after a reset."""
    module.defaults["P4"] = 0


@fault("settings", "D", "UM, P3", "P3 is the remote address.")
def p3_reversed(module):
    """P? shows the remote address in the wrong byte order."""
    change_p_field(module, 3, lambda channel, old: ".".join(old.split(".")[::-1]))


@fault("settings", "M", "WEB, P8 row", "P8 sets the number of backlogs, 0 to 6.")
def p8_refuses_6(module):
    """The backlog ends at 5."""
    module.ranges["P8"] = (0, 5)


@fault("settings", "M", "WEB, P8 row", "P8 sets the number of backlogs, 0 to 6.")
def p8_refuses_0(module):
    """The backlog starts at 1."""
    module.ranges["P8"] = (1, 6)


@fault("settings", "D", "UM, P8; QR20; QR9", "P8 has an upper limit: 6, 17 or 30.")
def p8_takes_200(module):
    """The backlog is a byte without a check."""
    module.ranges["P8"] = (0, 255)


@fault("settings", "D", "UM, PK", "The time to idle is 250 to 7200000 ms.")
def pk_refuses_250(module):
    """The time to idle starts at 251."""
    module.ranges["PK"] = (251, 7200000)


@fault("settings", "D", "UM, PK", "The time to idle is 250 to 7200000 ms.")
def pk_takes_249(module):
    """The time to idle has no lower limit."""
    module.ranges["PK"] = (0, 7200000)


@fault("settings", "D", "UM 4.14; QR20", "R1 is 1 to 1460.")
def r1_refuses_1460(module):
    """The read packet size ends at 1459."""
    module.ranges["R1"] = (1, 1459)


@fault("settings", "D", "UM 4.14; QR20", "R1 is 1 to 1460.")
def r1_takes_1461(module):
    """The read packet size has no upper limit."""
    module.ranges["R1"] = (1, 65535)


@fault("settings", "D", "UM 4.14", "R2 is 0 to 30000 ms.")
def r2_refuses_30000(module):
    """The read timeout ends at 29999."""
    module.ranges["R2"] = (0, 29999)


@fault("settings", "D", "UM 4.14", "R2 is 0 to 30000 ms.")
def r2_takes_30001(module):
    """The read timeout is checked against 60000."""
    module.ranges["R2"] = (0, 60000)


@fault("settings", "D", "UM 4.14", "R2 is 0 to 30000 ms.")
def r2_takes_text_as_0(module):
    """A value that is no number is 0, as atoi has it."""
    change_command(module, "R2", lambda old, data: old(data if data and data.isdigit() else b"0"))


@fault("settings", "D", "UM 4.15", "S1 is 1 to 1460.")
def s1_takes_0(module):
    """The write packet size may be 0."""
    module.ranges["S1"] = (0, 1460)


@fault("settings", "D", "UM 4.15", "S1 is 1 to 1460.")
def s1_stored_when_refused(module):
    """A value over 1460 is refused, and yet 1460 is stored."""

    @around(module, "number")
    def number(old, name, data):
        try:
            return old(name, data)
        except Refused:
            if name == "S1" and data and data.isdigit() and int(data) > 1460:
                module.store("S1", 1460)
            raise


@fault("settings", "D", "UM 4.15", "S2 is 0 to 30000 ms; S? shows it.")
def s2_of_12_bits(module):
    """A write timeout above 4095 is stored modulo 4096."""
    _stores(module, "S2", lambda value: value % 4096)


@fault("settings", "D", "UM, R?", "R? shows bytes, then the timeout: 1460,5000.")
def r_query_swapped(module):
    """R? shows the timeout first."""
    change_command(module, "R?", lambda old, data: module.show([module.channel.values[n] for n in ("R2", "R1", "R3")]))


@fault("settings", "D", "UM, S?", "S? shows the write packet size and the write timeout.")
def s_query_shows_read_settings(module):
    """S? shows R1 and R2."""
    change_command(module, "S?", lambda old, data: module.show([module.channel.values[n] for n in ("R1", "R2")]))


@fault("settings", "D", "UM, P?", "P? has nine fields, or ten, or twelve.")
def p_query_without_remote_port(module):
    """The fifth field of P? is missing."""

    @around(module, "p_fields")
    def p_fields(old, channel):
        fields = old(channel)
        return fields[:4] + fields[5:9]


@fault("settings", "D", "UM, P?", "Field 1 of P? is the protocol.")
def p_query_always_tcp(module):
    """Field 1 of P? is always 0."""
    change_p_field(module, 0, lambda channel, old: 0)


@fault("settings", "D", "UM, P?", "Field 8 of P? is the backlog.")
def p_query_backlog_of_socket_0(module):
    """Field 8 of P? is that of socket 0."""
    change_p_field(module, 7, lambda channel, old: module.channels[0].values["P8"])


@fault("settings", "D", "UM, P?", "Field 6 of P? is 1 while the TCP server runs.")
def p_query_server_flag_0(module):
    """Field 6 of P? is 0 while a server runs."""
    change_p_field(module, 5, lambda channel, old: 0)


@fault("settings", "D", "UM, P?", "Field 6 of P? is 1 while the TCP server runs.")
def p_query_server_flag_sticks(module):
    """Field 6 of P? stays 1 after P5=0."""
    seen = set()

    def value(channel, old):
        seen.update([channel.index] * old)
        return int(channel.index in seen)

    change_p_field(module, 5, value)


@fault("settings", "D", "UM, P?", "Field 2 of P? is the client's address.")
def p_query_without_client(module):
    """Field 2 of P? is 0.0.0.0 while a client is served."""
    change_p_field(module, 1, lambda channel, old: "0.0.0.0")


@fault("settings", "D", "UM 4.12.5", "MT alone is an error.")
def mt_alone_is_ok(module):
    """MT without a value is answered with OK."""
    change_command(module, "MT", lambda old, data: module.frame_ok() if data is None else old(data))


@fault("settings", "D", "UM 4.12.5", "MT is 0 or 1.")
def mt_takes_2(module):
    """MT=2 is accepted."""
    module.ranges["MT"] = (0, 2)


@fault("settings", "D", "UM, P0", "All P settings are kept.")
def settings_lost_on_stop(module):
    """P5=0 puts port and backlog of the socket back to their defaults."""

    @around(module, "p5_stop")
    def p5_stop(old, channel):
        answer = old(channel)
        channel.values.update(P2=module.defaults["P2"], P8=module.defaults["P8"])
        return answer


def _shared(module, sharers, setting):
    @around(module, "store")
    def store(old, name, value):
        old(name, value)
        for index in sharers(module.selected) if name == setting else ():
            module.channels[index].values[name] = value


def _stores(module, setting, change):
    @around(module, "store")
    def store(old, name, value):
        old(name, change(value) if name == setting else value)


def _refuses(module, setting, bad):
    @around(module, "number")
    def number(old, name, data):
        value = old(name, data)
        if name == setting and bad(value):
            raise Refused("Not supported")
        return value
