"""Freedoms of the line: when bytes leave, what stands between answers, what a line of the host may be."""

import random
import re
import select
import time

SUCCESS = b"\r\nOK\r\n> "
BARE = r"P[1-9K]|[RS][12]|R3"
"""Settings, as they stand where they are asked for their value."""
SETTINGS = r"(P[01234678]|R[123]|S[12]|MT|MS|PK)="
"""Settings with an empty value."""
WITHOUT_VALUE = ("P?", "R0", "R?", "S?", "I?", "MR", "CS", "C?", "Z5", "CR")

REASONS = {
    "o-reason-latin": "G\xfcltig ist das nicht",
    "o-reason-long": "Invalid Value" + " x" * 130,
    "o-reason-usage": "See Usage, ok?",
    "o-reason-brackets": "[TCP] no <value> (see 4.2);",
    "o-reason-number": "-14",
    "o-reason-odd": "[TCP] G\xfcltig ist das nicht: <" + "x" * 240 + "> (see 4.2); Usage, ok?",
}
"""Variant: the reason of each error; where there are several, each command has one of them."""


class OddLine:
    """Over ``Line``, the loop and ``Commands.serve_line``."""

    def __init__(self):
        self.random = random.Random(7)
        self.frames = self.answers = 0
        self.owes_answer = self.is_dribbling = self.skips_line = False
        self.last_notice = b""
        self.due = []  # time, action, whether the next command hurries it
        self.told_at = time.monotonic()

    def is_odd(self):
        """Whether the module has one of the freedoms that need the loop to look at the clock."""
        return any(name.startswith("o-") for name in self.variants)

    # ---- bytes out

    def write(self, data):
        if self.owes_answer and self.variant("o-async-any"):
            self.answers += 1
            self.owes_answer = False
            if self.answers % 5 == 0:
                self.tell(b"[WLAN] Beacon lost, -71 dBm")
        self.owes_answer = False
        super().write(data)

    def write_raw(self, data):
        self.frames += 1
        for piece, pause in self.pieces_of(data):
            super().write_raw(piece)
            if pause:
                time.sleep(pause)

    def pieces_of(self, data):
        """The pieces in which the bytes leave, and the seconds behind each."""
        if self.is_dribbling:
            return [(bytes([one]), 0.002) for one in data]
        if self.variant("o-payload-pause") and data.count(SUCCESS) > 1:
            return self.cut_at_success(data)
        if self.variant("o-slices") and len(data) > 2:
            return self.cut_anywhere(data)
        if self.variant("o-crlf-cut") and data.endswith(b"\r\n> ") and len(data) > 6 and self.frames % 41 < 2:
            at = data.find(b"\r\n", 1 if self.frames % 2 else len(data) - 5) + 1
            return [(data[:at], 0.2), (data[at:], 0)]
        if self.variant("o-prompt-cut") and data.endswith(b"\r\n> ") and self.frames % 37 == 0:
            at = -1 if self.frames % 2 else -3
            return [(data[:at], 0.25), (data[at:], 0)]
        return [(data, 0)]

    @staticmethod
    def cut_at_success(data):
        """A pause behind the first four success tails, not behind the answer's own."""
        *parts, rest = data.split(SUCCESS)
        pieces = [(part + SUCCESS, 0.3 if at < min(4, len(parts) - 1) else 0) for at, part in enumerate(parts)]
        return [*pieces, (rest, 0)]

    def cut_anywhere(self, data):
        """At two random places; most of the pauses are short."""
        low, high = sorted(self.random.sample(range(1, len(data)), 2))
        first, second = self.random.choices((0, 0.01, 0.03, 0.3), (80, 2, 2, 2), k=2)
        return [(data[:low], first), (data[low:high], second), (data[high:], 0)]

    # ---- what the host did not ask for

    def notice(self, text):
        self.last_notice = text
        self.is_dribbling = self.variant("o-notice-dribble")
        super().notice(text)
        self.is_dribbling = False

    def tell(self, text):
        """Asynchronous text that is no client's."""
        if self.ms == 0:
            self.write(b"\r\n" + text + b"\r\n> ")

    def later(self, seconds, action, *, hurried=True):
        """Do it then; ``hurried``: before the next command at the latest."""
        self.due.append((time.monotonic() + seconds, action, hurried))

    def do_what_is_due(self, *, hurry=False):
        now = time.monotonic()
        due, self.due = self.due, []
        for one in due:
            when, action, hurried = one
            if when <= now or (hurry and hurried):
                action()
            else:
                self.due.append(one)

    # ---- the loop

    def wait(self):
        if self.is_odd():
            select.select([self.descriptor], [], [], 0.01)
        else:
            super().wait()

    def background(self):
        self.do_what_is_due()
        now = time.monotonic()
        if self.variant("o-async-link") and now - self.told_at > 1.3 and not self.received:
            self.told_at = now
            self.tell(b"[WLAN] Rate 54 Mbit/s, -42 dBm")
        super().background()

    def serve_lines(self):
        if self.skips_line:
            _, end, rest = self.received.partition(b"\r")
            self.received[:] = rest
            self.skips_line = not end
        super().serve_lines()

    def refuse_endless_line(self):
        if self.variant("o-overlong-prompt"):
            return
        if self.variant("o-overlong-once") and len(self.received) > 200:
            self.received.clear()
            self.skips_line = True
            self.error("??", "Too long")
            return
        super().refuse_endless_line()

    def serve_line(self, line):
        self.owes_answer = True
        self.do_what_is_due(hurry=True)
        if self.variant("o-think") and self.frames % 19 == 0:
            time.sleep((sum(line[:2]) * 37 % 41) / 100)
        if self.variant("o-noise-skipped"):
            line = line.lstrip(b"\0\xff\x15")
        if self.variant("o-nul-ends") and line[:2] not in (b"C1", b"C2"):
            line = line.partition(b"\0")[0]
        if self.variant("o-overlong-prompt") and len(line) > 128:
            self.write(b"\r\n> ")
        elif not self.answers_oddly(line.decode("latin-1")):
            super().serve_line(self.without_rest(line))
        self.told_at = time.monotonic()

    def without_rest(self, line):
        has_none = self.variant("o-trailing") and line[:2].decode("latin-1") in WITHOUT_VALUE
        return line[:2] if has_none else line

    def answers_oddly(self, text):
        """Whether the line has been answered in a way of its own."""
        if text in ("$$$", "---"):
            return self.enters_oddly(text)
        if self.variant("o-bare-ok") and re.fullmatch(BARE, text):
            self.ok()
        elif self.variant("o-bare-text") and re.fullmatch(BARE, text):
            self.ok(f"{text}={self.values_of(self.selected).get(text, 0)}")
        elif self.variant("o-empty-value") and re.fullmatch(SETTINGS, text):
            self.ok()
        else:
            return False
        return True

    def enters_oddly(self, text):
        if self.variant("o-human-redundant") and self.human == (text == "$$$"):
            self.error(text, "Unknown command")
        elif self.variant("o-human-long"):
            self.human = text == "$$$"
            word = "ENTERING" if self.human else "EXITING"
            self.lines(f"{word} Cmd MODE", "eS-WiFi (c) Inventek", "--- leaves it" if self.human else "bye")
        else:
            return False
        return True

    # ---- answers

    def error(self, command, reason="Invalid Value", head=b""):
        reasons = [text for name, text in REASONS.items() if name in self.variants]
        if reasons:
            reason = reasons[sum(command.encode("latin-1")) % len(reasons)]
        if self.variant("o-progress") and not head and command != "R0":
            head = f"[CMD] {command} parsing\r\n[CMD] {command} refused".encode("latin-1")
        super().error(command, reason, head)

    def full_error(self, command, usage, reason):
        if reason == REASONS["o-reason-odd"]:
            return f"ERROR: {reason}\r\nUsage: {usage} \r\n> ".encode("latin-1")
        return super().full_error(command, usage, reason)

    def lines(self, *lines):
        if self.variant("o-ms-lines") and self.ms and lines[0].startswith("[TCP SVR]"):
            self.ok()
        else:
            super().lines(*lines)
