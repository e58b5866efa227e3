"""How a variant or a fault is written down: a function that changes a module, with what the documents say."""

import dataclasses
import functools
import socket
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Switch:
    """`sentence` is what the documents say, `source` where; `obligation` is M, D or O."""

    name: str
    area: str
    does: str
    sentence: str
    source: str
    obligation: str
    apply: Callable = dataclasses.field(repr=False)

    def as_json(self):
        return {key: value for key, value in vars(self).items() if key != "apply"}


def register(table, area, obligation, source, sentence):
    """A decorator that files `function` under its own name; its docstring says what it does."""

    def file(function):
        name = function.__name__.replace("_", "-")
        assert name not in table, name
        table[name] = Switch(name, area, function.__doc__, sentence, source, obligation, function)
        return function

    return file


def around(target, name):
    """A decorator: replace `target.name` by the function, which gets the old one as its first argument."""

    def replace(function):
        setattr(target, name, functools.partial(function, getattr(target, name)))
        return function

    return replace


def each_server(module):
    """A decorator: the function gets every server that the module makes, before it starts."""

    def replace(function):
        @around(module, "new_server")
        def new_server(old, channel, multi):
            server = old(channel, multi)
            function(server)
            return server

        return function

    return replace


def each_peer(module):
    """A decorator: the function gets every TCP peer that the module makes, before it is used."""

    def replace(function):
        @around(module, "new_peer")
        def new_peer(old, sock, address, channel):
            peer = old(sock, address, channel)
            function(peer)
            return peer

        return function

    return replace


def change_result(target, name, change):
    """Replace a method's result: `change` gets the result, then the arguments."""

    @around(target, name)
    def method(old, *arguments):
        return change(old(*arguments), *arguments)


def change_command(module, name, change):
    """Replace a command: `change` gets the old one, and the value (None for none)."""
    module.commands[name] = functools.partial(change, module.commands[name])


def change_p_field(module, index, value):
    """Replace a field of P?: `value` gets the socket and what stood there."""

    @around(module, "p_fields")
    def p_fields(old, channel):
        fields = old(channel)
        fields[index] = value(channel, fields[index])
        return fields


def has_byte(peer):
    """True when a byte can be read now: nothing waits otherwise, or the stream has ended, or broken."""
    try:
        return bool(peer.sock.recv(1, socket.MSG_PEEK))
    except OSError:
        return False
