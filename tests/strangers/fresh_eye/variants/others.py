"""Freedoms of keep-alive, client, settings, queries, network and system."""

import time
from functools import partial

from plain import CRLF, Refused
from switches import around, change_p_field, register

VARIANTS = {}
variant = partial(register, VARIANTS)

# ---- keep-alive and client


@variant("keepalive", "O", "WEB, single server", "SetSockOpt is a part of P5=1: PK stands before it.")
def pk_acts_on_new_connections_only(module):
    """PK leaves the connection alone that is there already."""

    @around(module, "set_keep_alive")
    def set_keep_alive(old, data):
        active, module.keep_alive = module.keep_alive, lambda sock, channel: None
        try:
            return old(data)
        finally:
            module.keep_alive = active


@variant("keepalive", "O", "WEB; UM", "The time to idle is documented; number and distance of the probes are not.")
def slow_probes(module):
    """Five probes, a second apart, before a client counts as lost."""
    module.keep_alive_count = 5


@variant("client", "O", "UM, P2", "P2 is the local port; that a client's is any free port is a choice.")
def client_from_p2(module):
    """P6=1 connects from the local port P2, when that is free."""

    @around(module, "dial")
    def dial(old, channel):
        module.client_port = lambda channel: channel.values["P2"]
        try:
            return old(channel)
        except OSError:
            module.client_port = lambda channel: 0
            return old(channel)


@variant("client", "O", "LOG", "Progress lines may stand before ERROR.")
def failed_connect_without_progress(module):
    """A failed P6=1 answers ERROR alone."""

    @around(module, "connect")
    def connect(old, channel):
        try:
            return old(channel)
        except Refused as refusal:
            raise Refused(str(refusal)) from None


# ---- settings and what is shown


def _p_length(count):
    def apply(module):
        @around(module, "p_fields")
        def p_fields(old, channel):
            return old(channel)[:count]

    return apply


@variant("settings", "D", "UM, P?", "P? has nine fields, or more (a profile declares how many).")
def p_query_of_9_fields(module):
    """P? ends with the accept loop."""
    _p_length(9)(module)


@variant("settings", "D", "UM, P?", "P? has nine fields, or more (a profile declares how many).")
def p_query_of_10_fields(module):
    """P? ends with the read mode."""
    _p_length(10)(module)


@variant("settings", "O", "DRV", "Field 5 is the remote port: P4, or that of the client that is served.")
def p_query_shows_the_clients_port(module):
    """While a client is served, field 5 of P? is its port."""
    change_p_field(module, 4, lambda channel, old: channel.server.client.address[1] if _served(channel) else old)


def _served(channel):
    return bool(channel.server and channel.server.client)


@variant("settings", "O", "UM, P?", "Field 6, TCP server, is 1 for P5=1; in multi-accept no source gives it.")
def p_query_shows_11(module):
    """Field 6 of P? is 11 in multi-accept."""
    change_p_field(module, 5, lambda channel, old: 11 if channel.server and channel.server.multi else old)


@variant("settings", "O", "UM, P?", "Field 9, accept loop, belongs to P7; in multi-accept no source gives it.")
def p_query_accept_loop_0(module):
    """Field 9 of P? stays 0 in multi-accept."""
    change_p_field(module, 8, lambda channel, old: 0)


@variant("settings", "O", "DRV", "Field 2 of P? is the client's address; after a loss no manual gives it.")
def p_query_forgets_a_lost_client(module):
    """Field 2 of P? is 0.0.0.0 once R0 has found the client lost."""
    change_p_field(module, 1, lambda channel, old: "0.0.0.0" if _served(channel) and _lost(channel) else old)


def _lost(channel):
    return channel.server.client.lost


@variant("settings", "O", "WEB, single server", "P1, P2, P8 stand before P5; nothing is said of a change behind it.")
def settings_locked_while_serving(module):
    """P1, P2 and P8 are refused while the socket's server runs."""

    @around(module, "set_number")
    def set_number(old, name, data):
        if name in ("P1", "P2", "P8") and module.channel.server:
            raise Refused("Socket in use")
        return old(name, data)


@variant("settings", "D", "UM, R?", "R? shows bytes, timeout and, where there is one, the mode.")
def r_query_of_2_fields(module):
    """R? ends with the timeout."""
    module.commands["R?"] = lambda data: module.show([module.channel.values[name] for name in ("R1", "R2")])


@variant("settings", "O", "UM 4.12.5", "A setting without a value is an error for MT; for others nothing is said.")
def bare_settings_show_their_value(module):
    """P1, P2, R1 and their like, without a value, show it."""
    for name in ("P1", "P2", "P4", "P8", "R1", "R2", "R3", "S1", "S2"):

        def show(data, name=name, old=module.commands[name]):
            return old(data) if data is not None else module.show([module.channel.values[name]])

        module.commands[name] = show


@variant("settings", "O", "WEB, text", "P0=0-4 in WEB's text, 0-3 in its table.")
def five_sockets(module):
    """P0=4 selects a fifth socket."""
    module.socket_count, module.ranges["P0"] = 5, (0, 4)


@variant("settings", "O", "UM, P1", "4 is MQTT in later firmware; WEB's table ends at 3.")
def p1_takes_4(module):
    """P1=4 is accepted."""
    module.ranges["P1"] = (0, 4)


@variant("settings", "O", "UM 4.14", "R1 from 0 (UM) or from 1.")
def r1_takes_0(module):
    """R1=0 is accepted; R0 then waits and gives nothing."""
    module.ranges["R1"] = (0, 1460)

    @around(module, "take_from")
    def take_from(old, peer, limit, seconds):
        if limit:
            return old(peer, limit, seconds)
        time.sleep(seconds)
        return b""


@variant("settings", "O", "QR20", "The backlog is 0 to 17 and 8 at first (a profile declares it).")
def p8_default_8(module):
    """P8 takes 0 to 17 and is 8 after a reset."""
    module.ranges["P8"], module.defaults["P8"] = (0, 17), 8


@variant("settings", "O", "QR9", "The backlog is 0 to 30 (a profile declares it).")
def p8_up_to_30(module):
    """P8 takes 0 to 30."""
    module.ranges["P8"] = (0, 30)


@variant("settings", "O", "UM 4.15.4", "Leading zeros are documented for S3 alone.")
def strict_numbers(module):
    """A setting with a leading zero is refused, except behind S3."""

    @around(module, "number")
    def number(old, name, data):
        if name != "S3" and data and len(data) > 1 and data.startswith(b"0"):
            raise Refused("Leading zero")
        return old(name, data)


@variant("settings", "O", "UM", "All P settings are kept per socket; that R1, R2, S1, S2 are is a reading.")
def r_and_s_settings_are_common(module):
    """R1, R2, R3, S1 and S2 hold for every socket."""

    @around(module, "store")
    def store(old, name, value):
        for channel in module.channels if name[0] in "RS" else ():
            channel.values[name] = value
        old(name, value)


# ---- network and system


@variant("system", "O", "UM 4.12.3", "MR is for SPI firmware.")
def mr_unknown(module):
    """MR is refused on a UART."""
    del module.commands["MR"]


@variant("system", "O", "UM, I?", "I? has the product's own texts.")
def product_of_another_kind(module):
    """I? of a module that no list knows."""
    module.product = b"OWL-W2,C9.9.9.9-rc1,v9.9,v2.0,v11.3.1,216000000,Owl & Sons eS-WiFi"


@variant("system", "O", "DRV", "Drivers look for one firmware in I?.")
def product_of_c3_5_2_5(module):
    """I? of the firmware that most captures show."""
    module.product = b"ISM43362-M3G-L44-UART,C3.5.2.5.STM,v3.5.2,v1.4.0.rc1,v8.2.1,120000000,Inventek eS-WiFi"


@variant("network", "D", "QR9", "C0 answers in two lines on firmware C1.x.")
def join_in_two_lines(module):
    """C0: a line with the SSID, then a line with the address."""

    @around(module, "join_text")
    def join_text(old, name, address):
        return b"[JOIN   ] " + name + CRLF + old(name, address)


@variant("network", "D", "UM; DRV", "C0 takes seconds.")
def slow_join(module):
    """C0 takes two seconds."""

    @around(module, "join_text")
    def join_text(old, name, address):
        time.sleep(2)
        return old(name, address)
