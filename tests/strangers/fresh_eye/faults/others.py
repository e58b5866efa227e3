"""Faults of keep-alive, client, several sockets, UDP, network and system."""

import itertools
from functools import partial

from network import TcpPeer, UdpPeer, is_ready
from plain import CRLF, Refused
from switches import around, change_command, change_p_field, change_result, each_peer, has_byte, register

FAULTS = {}
fault = partial(register, FAULTS)

# ---- keep-alive

ALIVE = "PK=1,ms starts the TCP keep-alive; R0 = -1 tells that it found the connection lost."


@fault("keepalive", "M", "WEB, PK row and R0 row", ALIVE)
def pk_without_effect(module):
    """PK is stored, and no probe is ever sent."""
    module.keep_alive = lambda sock, channel: None


@fault("keepalive", "M", "WEB, PK row", ALIVE)
def pk_enable_swapped(module):
    """PK=1 switches off, PK=0 switches on."""
    _keep_alive(module, lambda enable, idle: (1 - enable, idle))


@fault("keepalive", "D", "UM, PK", "The second value of PK is the time to idle in milliseconds.")
def pk_time_ten_times(module):
    """The time to idle is counted in units of 10 ms."""
    _keep_alive(module, lambda enable, idle: (enable, min(7200000, idle * 10)))


@fault("keepalive", "M", "WEB, PK row and R0 row", ALIVE)
def pk_for_the_first_client_only(module):
    """Only the first connection of the module has keep-alive."""
    made = itertools.count(1)

    @around(module, "new_peer")
    def new_peer(old, sock, address, channel):
        return old(sock, address, channel) if next(made) == 1 else TcpPeer(sock, address)


@fault("keepalive", "D", "UM, P0", "All P settings are kept per socket.")
def pk_of_socket_0(module):
    """Every connection has the keep-alive of socket 0."""

    @around(module, "keep_alive")
    def keep_alive(old, sock, channel):
        old(sock, module.channels[0])


def _keep_alive(module, change):
    @around(module, "keep_alive")
    def keep_alive(old, sock, channel):
        values = channel.values
        channel.values = values | {"PK": change(*values["PK"])}
        old(sock, channel)
        channel.values = values


# ---- client, sockets, UDP


@fault("client", "D", "UM, P6", "P6=1 answers [TCP  RC] Connecting to a.b.c.d (two spaces), OK.")
def connecting_line_missing(module):
    """P6=1 answers an empty OK."""

    @around(module, "connect")
    def connect(old, channel):
        old(channel)
        return module.frame_ok()


@fault("client", "D", "UM, P6", "P6=1 answers [TCP  RC] Connecting to a.b.c.d (two spaces), OK.")
def connecting_line_with_one_space(module):
    """'[TCP RC]'."""
    change_result(module, "connecting_text", lambda text, *_: text.replace(b"  RC", b" RC"))


@fault("client", "M", "WEB, BSD functions; UM, P6", "P6=1 connects to P3, P4.")
def refused_connection_is_ok(module):
    """P6=1 to a port where nobody listens answers OK."""

    @around(module, "connect")
    def connect(old, channel):
        try:
            return old(channel)
        except Refused as refusal:
            return module.frame_ok(CRLF.join(refusal.lines))


@fault("client", "M", "WEB, BSD functions; UM, P6", "P6=1 connects to P3, P4.")
def connects_to_the_former_port(module):
    """A changed P4 takes effect at the second P6=1 only."""
    last = {}

    @around(module, "far_end")
    def far_end(old, channel):
        return last.setdefault(channel.index, old(channel))

    @around(module, "connect")
    def connect(old, channel):
        wanted = (channel.values["P3"].decode(), channel.values["P4"])
        try:
            return old(channel)
        finally:
            last[channel.index] = wanted


@fault("client", "D", "UM, P6", "P6=0 stops the client.")
def p60_leaves_the_connection(module):
    """P6=0 answers OK, and the connection stays."""
    kept = []

    @around(module, "close_link")
    def close_link(old, channel):
        kept.append(channel.link)
        channel.link = None


@fault("client", "D", "UM, P6", "P6=1 starts the client, again after P6=0.")
def one_client_connection_only(module):
    """The second P6=1 of a socket fails."""
    used = set()

    @around(module, "dial")
    def dial(old, channel):
        if channel.index in used:
            raise Refused("In use")
        link = old(channel)
        used.add(channel.index)
        return link


@fault("sockets", "M", "WEB, P0 row", "P0 selects the socket; R and S act on the selected one.")
def s3_goes_to_the_last_connection(module):
    """S3 goes to the newest connection, not to the selected socket's."""
    newest = []

    @each_peer(module)
    def peer_made(peer):
        newest[:] = [peer]

    @around(module, "give_to")
    def give_to(old, peer, payload):
        usable = newest and newest[0].sock.fileno() >= 0
        return old(newest[0] if usable else peer, payload)


@fault("sockets", "M", "WEB, P0 row", "P0 selects the socket; R and S act on the selected one.")
def switching_loses_waiting_data(module):
    """P0=n throws away what waits to be read on the socket that is left."""

    def change(old, data):
        before = module.channel
        answer = old(data)
        peer = before.peer()
        if module.channel is not before and isinstance(peer, TcpPeer) and is_ready(peer.sock, 0) and has_byte(peer):
            peer.receive(65536, 0)
        return answer

    change_command(module, "P0", change)


@fault("sockets", "M", "WEB, P0 row", "P0 selects the socket; R and S act on the selected one.")
def socket_2_first_byte_lost(module):
    """Each R0 on socket 2 that gives more than one byte lacks the first."""

    @around(module, "take_from")
    def take_from(old, peer, limit, seconds):
        data = old(peer, limit, seconds)
        return data[1:] or data if module.selected == 2 else data


@fault("sockets", "M", "WEB, P0 row", "P0 selects one of four sockets; R and S act on the selected one.")
def one_server_at_a_time(module):
    """Starting a server stops the one of another socket."""

    @around(module, "new_server")
    def new_server(old, channel, multi):
        for other in module.channels:
            module.stop_server(other)
        return old(channel, multi)


@fault("udp", "D", "UM 4.14", "UDP: data over R1 are lost.")
def udp_keeps_the_rest(module):
    """The rest of a datagram over R1 is given by the next R0."""
    rest = bytearray()

    @around(module, "take_from")
    def take_from(old, peer, limit, seconds):
        if not isinstance(peer, UdpPeer):
            return old(peer, limit, seconds)
        if not rest:
            rest.extend(old(peer, 65536, seconds))
        data = bytes(rest[:limit])
        del rest[:limit]
        return data


@fault("udp", "M", "WEB, P2 row", "P2 sets the port.")
def udp_port_ignored(module):
    """A UDP server or client has any free local port."""
    module.udp_port = lambda channel: 0


@fault("udp", "D", "UM, P?", "Field 7 of P? is the UDP server.")
def udp_server_flag_0(module):
    """Field 7 of P? is 0 while the UDP server runs."""
    change_p_field(module, 6, lambda channel, old: 0)


@fault("udp", "D", "UM, P5", "P5=0 stops the UDP server.")
def udp_server_keeps_its_port(module):
    """P5=0 answers OK, and the UDP port stays bound."""
    kept = []

    @around(module, "close_link")
    def close_link(old, channel):
        if isinstance(channel.link, UdpPeer):
            kept.append(channel.link)
            channel.link = None
        old(channel)


# ---- network and system


@fault("network", "D", "UM, C0", "C0 answers [JOIN   ] <ssid>,<ip>,0,0 and OK.")
def join_without_address(module):
    """The line of C0 ends behind the SSID."""
    module.join_text = lambda name, address: b"[JOIN   ] " + name


@fault("network", "D", "UM, C0", "C0 answers [JOIN   ] <ssid>,<ip>,0,0 and OK.")
def join_of_16_characters(module):
    """An SSID of more than 16 characters is cut in the answer of C0."""
    change_result(module, "join_text", lambda text, name, address: text.replace(name, name[:16]))


@fault("network", "D", "UM, C?", "C? has fifteen fields.")
def c_query_of_14_fields(module):
    """The status, the last field, is missing."""
    change_result(module, "network_fields", lambda fields: fields[:-1])


@fault("network", "D", "UM, C?", "Field 6 of C? is the IP address.")
def c_query_without_address(module):
    """C? shows 0.0.0.0 when joined."""
    change_result(module, "network_fields", lambda fields: [*fields[:5], "0.0.0.0", *fields[6:]])


@fault("network", "D", "UM, CS", "CS shows 1 when connected, else 0.")
def cs_always_1(module):
    """CS shows 1 without a network."""
    change_command(module, "CS", lambda old, data: module.frame_ok(b"1"))


@fault("network", "D", "UM, CD", "CD leaves the network.")
def cd_without_effect(module):
    """CD answers OK, and CS goes on showing 1."""
    change_command(module, "CD", lambda old, data: module.frame_ok())


@fault("network", "D", "UM, C3", "C3 is the security, 0 to 5.")
def c3_refuses_5(module):
    """C3=5 is refused."""
    module.ranges["C3"] = (0, 4)


@fault("system", "D", "UM, Z5", "Z5 shows the MAC as XX:XX:XX:XX:XX:XX.")
def mac_with_dashes(module):
    """The bytes of the MAC are joined by dashes."""
    change_command(module, "Z5", lambda old, data: old(data).replace(b":", b"-"))


@fault("system", "D", "UM, Z5", "Z5 shows the MAC as XX:XX:XX:XX:XX:XX.")
def mac_without_leading_zeros(module):
    """A byte below 0x10 has one digit."""
    change_command(module, "Z5", lambda old, data: old(data).replace(b":0E:", b":E:"))


@fault("system", "D", "UM, ZR; UM 5.2", "After ZR the prompt says that the module is ready.")
def reset_without_prompt(module):
    """No prompt comes after ZR."""
    change_command(module, "ZR", lambda old, data: old(data) and b"")


@fault("system", "D", "UM, Z0", "Z0 restores the defaults.")
def z0_forgets_socket_3(module):
    """Z0 leaves the settings of socket 3 alone."""

    @around(module, "restore")
    def restore(old, data):
        kept = dict(module.channels[3].values)
        answer = old(data)
        module.channels[3].values = kept
        return answer


@fault("system", "D", "UM, I?", "I? shows product, firmware, API, stack, RTOS, CPU clock and name.")
def product_of_six_fields(module):
    """The CPU clock is missing."""
    module.product = b",".join(field for field in module.product.split(b",") if not field.isdigit())
