"""The module itself, without input and output: bytes, events and the time go in, effects come out.

One way down, each file imports those below it only:

    engine        what moves the module: the order of things, line by line
    commands      what each command does
    server        the TCP server of a socket
    tasks         what a command may wait for
    module        the state, and what commands ask of it
    notices, work, seams, view, answers, reader, sockets, settings, profile, events, effects, values
"""
