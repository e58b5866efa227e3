"""The serial line: the host's bytes, the echo of human mode, and the frames of answers."""

import os
import select
import time


def readable(source, timeout=0.0):
    """Whether there is something to take within the timeout."""
    return bool(select.select([source], [], [], max(0.0, timeout))[0])


class Line:
    """What the module reads from its host and writes to it."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.received = bytearray()
        self.empty_answers = self.errors = 0
        self.last_usage = None
        self.was_error = False
        self.echoes_next = False

    # ---- bytes

    def write(self, data):
        if self.variant("settle"):
            time.sleep(0.06)
        if self.variant("answer-split") and len(data) > 8:
            self.write_raw(data[:-6])
            time.sleep(0.04)
            data = data[-6:]
        if not self.variant("slow-uart"):
            self.write_raw(data)
            return
        for at in range(0, len(data), 48):
            piece = data[at : at + 48]
            self.write_raw(piece)
            time.sleep(len(piece) / 11520)

    def write_raw(self, data):
        end = time.monotonic() + 3
        while data and time.monotonic() < end:
            try:
                data = data[os.write(self.descriptor, data) :]
            except BlockingIOError:
                select.select([], [self.descriptor], [], 0.1)
            except OSError:
                return

    def fill_in(self, timeout):
        """Take what the host has sent; whether something came."""
        if not readable(self.descriptor, timeout):
            return False
        try:
            got = os.read(self.descriptor, 4096)
        except BlockingIOError:
            return False
        except OSError:  # nobody has the line open
            time.sleep(0.01)
            return False
        if not got:
            raise SystemExit(0)
        if self.echoes(got):
            self.write_raw(got.replace(b"\r", b"\r\n") if self.human and self.variant("no-pad-human") else got)
        self.received += got
        return True

    def echoes(self, got):
        if self.human:
            return not (self.fault("human-echo-stops") and self.was_error)
        return (self.echoes_next and b"=" in got) or (self.fault("echo-after-error") and self.was_error)

    def taken(self, count):
        """The first bytes of what was received."""
        data = bytes(self.received[:count])
        del self.received[:count]
        return data

    def discard_line(self):
        """Read until the host pauses, and forget it."""
        while self.fill_in(0.03):
            pass
        self.received.clear()

    # ---- answers

    def ok(self, payload=b""):
        if isinstance(payload, str):
            payload = payload.encode("latin-1")
        frame = b"\r\n" + payload + (b"\r\n\r\nOK\r\n> " if self.variant("c6") else b"\r\nOK\r\n> ")
        if not payload:
            self.empty_answers += 1
            if self.fault("empty-short-5th") and self.empty_answers % 5 == 0:
                frame = b"\r\nOK\r\n> "
        if self.fault("notice-in-answer") and payload and not payload.startswith(b"["):
            frame = self.with_notice(payload, frame)
        self.was_error = False
        self.write(frame)

    def with_notice(self, payload, frame):
        """The answer with the notice of a client that has just come inside it."""
        for sock in self.sockets:
            if sock.waiting and self.has_waiting(sock):
                frame = b"\r\n" + payload + b"\r\n" + self.accept(sock) + b"\r\nOK\r\n> "
        return frame

    def lines(self, *lines):
        self.ok("\r\n".join(lines).encode("utf-8"))

    def error(self, command, reason="Invalid Value", head=b""):
        """An error; ``head``: a line before it."""
        usage = command
        if self.fault("mt0-usage-stale"):
            usage, self.last_usage = self.last_usage or command, command
        frame = b"\r\n" + (head + b"\r\n" if head else b"")
        if self.variant("error-extra-crlf") and not head:
            frame += b"\r\n"
        if self.is_short(command, reason, head):
            frame += b"ERROR\r\n> "
            if self.fault("mt1-prompt-nospace") and self.errors % 3 == 2:
                frame = frame[:-1]
        else:
            frame += self.full_error(command, usage, reason)
        self.errors += 1
        self.was_error = True
        self.write(frame)

    def is_short(self, command, reason, head):
        """Whether MT says that the word ERROR is enough."""
        wordy = (self.fault("mt1-unknown-long") and reason.startswith("Unknown")) or (
            self.fault("mt1-usage-r") and command[:1] in "RS" and not head
        )
        return self.mt == 1 and not wordy

    def full_error(self, command, usage, reason):
        text = "<value>"
        if self.variant("usage-long"):
            text = "=<value>, where value is a number (see the user's manual), or '?'"
            reason += " (code -12), OK to try again > later"
        if command == "R0":
            text = ""
        colon = "ERROR :" if self.variant("error-spaces") else "ERROR: "
        return f"{colon}{reason}\r\nUsage: {usage} {text}\r\n> ".encode("latin-1")
