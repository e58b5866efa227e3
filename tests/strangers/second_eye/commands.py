"""The commands: which there are, their ranges, settings, identity, the network that is joined, restarts."""

import re
import time

NUMBERS = {
    "P0": (0, 3),
    "P1": (0, 3),
    "P2": (0, 65535),
    "P4": (0, 65535),
    "P5": (0, 11),
    "P6": (0, 1),
    "P7": (0, 3),
    "P8": (0, 6),
    "R1": (1, 1460),
    "R2": (0, 30000),
    "R3": (0, 1),
    "S1": (1, 1460),
    "S2": (0, 30000),
    "S3": (1, 1460),
    "MT": (0, 1),
    "MS": (0, 3),
    "C3": (0, 5),
    "C4": (0, 1),
    "Z3": (0, 99999),
}
"""Command: the least and the greatest number that it takes."""

OTHER_LIMITS = {
    "p04": ("P0", 0, 4),
    "p8-30": ("P8", 0, 30),
    "p1-4": ("P1", 0, 4),
    "p2-65535": ("P2", 0, 65534),
    "r2-30000": ("R2", 0, 29999),
    "s1-1460": ("S1", 1, 1459),
    "r1-1461": ("R1", 1, 1461),
    "s3-zero-ok": ("S3", 0, 1460),
}
"""Variant or fault: the command whose range is another one."""

QUERIES = {
    "P?": "status",
    "R0": "read",
    "R?": "show_reading",
    "S?": "show_writing",
    "P0": "show_selected",
    "I?": "identify",
    "MR": "poll",
    "C0": "join",
    "CS": "show_joined",
    "CD": "leave",
    "CR": "show_signal",
    "C?": "show_network",
    "Z0": "reset_settings",
    "Z1": "save",
    "Z2": "forget_saved",
    "Z5": "show_mac",
    "ZR": "restart",
}
"""Command without a value: the method that does it."""

ASSIGNMENTS = {
    "C1": "set_wifi_text",
    "C2": "set_wifi_text",
    "P3": "set_host",
    "D0": "set_host",
    "PK": "set_probes",
    "ZP": "set_nothing",
}
"""Command with a value that is no number: the method that does it. All others: ``set_number``."""


class Commands:
    """What the host says, and what is answered."""

    def __init__(self):
        self.wifi = ["", "", 0, 1]
        self.saved_settings = None
        self.lone_returns = self.joins = 0
        self.former_selection = 0

    def serve_line(self, line):
        text = line.decode("latin-1")
        if self.variant("lowercase-ok") and text[:1].islower():
            text = text[:2].upper() + text[2:]
        if text == "":
            return self.serve_lone_return()
        self.lone_returns = 0
        if text in ("$$$", "---"):
            return self.set_human(human=text == "$$$")
        command, equals, value = text[:2], text[2:3], text[3:]
        if text == "S0":
            return self.send("S0", 0)
        if command == "S3":
            return self.send_counted(value if equals == "=" else "")
        if equals == "":
            return self.query(command)
        if equals != "=":
            return self.error(command, "Unknown command")
        return getattr(self, ASSIGNMENTS.get(command, "set_number"))(command, value)

    def serve_lone_return(self):
        self.lone_returns += 1
        if self.fault("lone-cr-second") and self.lone_returns % 2 == 0:
            return self.ok()
        return self.write(b"\r\n> ")

    def set_human(self, *, human):
        if human and self.fault("human-select"):
            self.selection = 0
        self.human = human
        self.echoes_next = self.fault("human-leave-half") and not human
        mode = "Cmd Mode" if self.variant("human-spelling") else "CMD mode"
        text = f"{'Entering' if human else 'Exiting'} {mode}"
        if self.variant("human-no-ok"):
            return self.write(f"\r\n{text}\r\n> ".encode())
        return self.lines(text)

    def send_counted(self, value):
        count = self.number("S3", value)
        self.count_as_written = value
        if count is None or (self.fault("s3-zeros-5") and len(value) > 4):
            self.discard_line()
            return self.error("S3")
        return self.send("S3", count)

    def number(self, command, text):
        """The value of a number; None where the command does not take it."""
        low, high = NUMBERS[command]
        for name, (other, *limits) in OTHER_LIMITS.items():
            if other == command and (self.fault(name) or self.variant(name)):
                low, high = limits
        return self.number_within(command, text, low, high)

    def number_within(self, command, text, low, high):
        if not re.fullmatch(r"[0-9]{1,9}", text):
            return None
        has_zeros = len(text) > 1 and text[0] == "0"
        if self.variant("strict-zeros") and has_zeros and command != "S3":
            return None
        octal = self.fault("s3-octal") and command == "S3" and has_zeros and not set(text) & set("89")
        number = int(text, 8 if octal else 10)
        return number if low <= number <= high else None

    # ---- without a value

    def query(self, command):
        if command in QUERIES:
            return getattr(self, QUERIES[command])()
        if command == "MT" and self.fault("mt-alone-ok"):
            return self.ok(str(self.mt))
        values = self.values_of(self.selected)
        if command in values and not self.variant("bare-error"):
            return self.ok(str(values[command]))
        return self.error(command, "Value missing" if command in NUMBERS else "Unknown command")

    def values_of(self, sock):
        """What a setting without a value shows."""
        settings = self.settings_of(sock)
        values = {f"P{number}": value for number, value in sock.p.items()}
        values |= {"P5": sock.mode, "P6": int(sock.is_client), "PK": f"{sock.keep_alive},{sock.idle_ms}"}
        return values | {name: getattr(settings, name.lower()) for name in ("R1", "R2", "R3", "S1", "S2")}

    def show_reading(self):
        settings = self.settings_of(self.selected)
        r2 = settings.s2 if self.fault("s2-into-r2") and settings.s2 < 1000 else settings.r2
        return self.ok(f"{settings.r1},{r2},{settings.r3}")

    def show_writing(self):
        settings = self.settings_of(self.selected)
        return self.ok(f"{settings.s1},{settings.s2}")

    def show_selected(self):
        stale = self.fault("p0-show-stale") and self.selected.mode
        return self.ok(str(self.former_selection if stale else self.selection))

    def identify(self):
        firmware = "C3.5.2.5.STM"
        if self.variant("mt0"):
            firmware = "C2.4.0.16"
        elif self.variant("c6"):
            firmware = "C6.2.1.8"
        fields = ["ISM43362-M3G-L44", firmware, "v3.5.2", "v1.4.0.rc1", "v8.2.1", "120000000", "Inventek eS-WiFi"]
        if self.fault("i-noname-mt1") and self.mt == 1 and self.errors:
            fields.pop()
        return self.ok(",".join(fields))

    def poll(self):
        if self.fault("mr-twice"):
            self.ok("[SOMA][EOMA]")
            return self.write(b"\r\n> ")
        if self.variant("mr-error"):
            return self.error("MR", "Unknown command")
        return self.ok("[SOMA]" if self.fault("mr-no-eoma") else "[SOMA][EOMA]")

    def show_joined(self):
        return self.ok(str(int(self.joined)))

    def leave(self):
        self.joined = self.joined and self.fault("cs-after-cd")
        return self.ok()

    def show_signal(self):
        return self.ok("-42" if self.joined else "0")

    def show_network(self):
        address, mask = ("127.0.0.1", "255.0.0.0") if self.joined else ("0.0.0.0", "0.0.0.0")
        fields = [*self.wifi, 0, address, mask, address, address, "0.0.0.0"]
        fields += [3, int(self.variant("autojoin")), 0, "US", int(self.joined)]
        if self.fault("cq-14") and not self.joined:
            fields.pop(9)
        return self.ok(",".join(map(str, fields)))

    def show_mac(self):
        return self.ok("C4:7F:51:0:9:2A" if self.fault("z5-zero") else "C4:7F:51:00:09:2A")

    def reset_settings(self):
        kept = [sock.s1 for sock in self.sockets]
        for sock in [self.selected] if self.fault("z0-selected-only") else self.sockets:
            sock.set_defaults()
        if self.fault("z0-keeps-s1"):
            for sock, s1 in zip(self.sockets, kept, strict=True):
                sock.s1 = s1
        return self.ok()

    def save(self):
        self.saved_settings = [sock.saved() for sock in self.sockets]
        return self.ok()

    def forget_saved(self):
        self.saved_settings = None
        return self.ok()

    # ---- with a value

    def set_wifi_text(self, command, value):
        if len(value) > 64:
            return self.error(command)
        if self.fault("c1-32"):
            value = value[:31]
        if self.fault("join-comma"):
            value = value.split(",")[0]
        if self.fault("ssid-high-lost"):
            value = "".join(letter for letter in value if letter < "\x80")
        self.wifi[int(command[1]) - 1] = value
        return self.ok()

    def set_host(self, command, value):
        match = re.fullmatch(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})", value)
        parts = [int(part) for part in match.groups()] if match else []
        highest = 256 if self.fault("p3-256") else 255
        if not parts or max(parts) > highest or (self.fault("p3-255") and 255 in parts):
            return self.error(command)
        self.selected.p[3] = ".".join(map(str, parts))
        return self.ok()

    def set_probes(self, command, value):
        sock = self.selected
        enable, _, idle = value.partition(",")
        enabled = self.number_within(command, enable, 0, 1)
        milliseconds = self.number_within(command, idle, 251 if self.fault("pk-250") else 250, 7200000)
        if self.fault("pk-refused-half") and enabled is not None:
            sock.keep_alive = enabled
        if enabled is None or milliseconds is None:
            return self.error(command)
        if self.fault("pk-off-keeps") and enabled == 0:
            enabled = sock.keep_alive
        for one in self.sockets if self.fault("pk-global") else [sock]:
            one.keep_alive, one.idle_ms = enabled, milliseconds
            if one.connection:
                self.set_keep_alive(one, one.connection)
        return self.ok()

    def set_nothing(self, _command, _value):
        return self.ok()

    def set_number(self, command, value):
        if command not in NUMBERS or (command == "P7" and self.variant("no-p7")):
            return self.error(command, "Unknown command")
        number = self.number(command, value)
        if number is None:
            self.spoil_by_refused(command, value)
            return self.error(command)
        if command == "P5" and number == 2 and self.fault("p5-2-ok"):
            return self.ok()
        if command == "P5":
            return self.server(number) if number in (0, 1, 10, 11) else self.error(command)
        if command == "P6":
            return self.client(number)
        if command == "P7":
            return self.accept_loop(number)
        self.keep_number(command, number)
        return self.ok()

    def spoil_by_refused(self, command, value):
        """What faults do with a value that is refused."""
        if self.fault("r2-refused-clamps") and command == "R2" and value.isdigit():
            self.settings_of(self.selected).r2 = 30000
        if self.fault("p0-bad-selects") and command == "P0" and value.isdigit():
            self.selection = int(value) & 3

    def keep_number(self, command, number):
        sock = self.selected
        if command == "P0":
            if self.fault("rest-switch") and number != self.selection:
                self.lose_rest(sock)
            self.former_selection, self.selection = self.selection, number
        elif command[0] == "P":
            sock.p[int(command[1])] = number
            if self.fault("p4-alias") and command == "P4" and self.selection in (1, 3):
                self.sockets[4 - self.selection].p[4] = number
        elif command[0] in "RS":
            setattr(self.settings_of(sock), command.lower(), number)
        elif command[0] == "M":
            setattr(self, command.lower(), number)
        elif command[0] == "C":
            self.wifi[int(command[1]) - 1] = number

    # ---- the network and the restart

    def join(self):
        ssid = self.wifi[0]
        time.sleep(3 if self.variant("join-slow") else 0.3)
        if not ssid.startswith(self.network) and not (self.fault("join-bad-ok") and self.joins):
            self.joined = self.fault("cs-after-fail")
            text = f"[JOIN   ] {ssid}\r\n[JOIN   ] Failed"
            return self.error("C0", "Join failed", text.encode("latin-1"))
        self.joined = True
        self.joins += 1
        address = "0.0.0.0" if self.fault("join-ip-stale") and self.joins > 1 else "127.0.0.1"
        text = f"[JOIN   ] {ssid},{address},0,0"
        return self.ok(f"[JOIN   ] {ssid}\r\n{text}" if self.variant("join-two-lines") else text)

    def restart(self):
        human, r2 = self.human, [sock.r2 for sock in self.sockets]
        for sock in self.sockets:
            self.leak(sock)
            self.stop(sock)
        for one in self.held:
            one.close()
        self.received.clear()
        self.boot()
        self.human = human and self.fault("human-survives-zr")
        if self.fault("r2-survives-zr"):
            for sock, value in zip(self.sockets, r2, strict=True):
                sock.r2 = value
        time.sleep(2.5 if self.variant("zr-slow") else 0.3)
        return self.start_up()

    def start_up(self):
        """What the module says once it has restarted."""
        if self.variant("zr-banner"):
            self.write(b"\r\nInventek Systems eS-WiFi\r\nSerial2WiFi APP C3.5.2.5\r\n")
        return self.write(b"\r\n> ")

    def leak(self, sock):
        """Faults: what stays open through the restart."""
        if self.fault("zr-client-open") and sock.is_client:
            self.leaked.append(sock.connection)
            sock.connection = None
        if self.fault("zr-udp-open") and sock.udp:
            self.leaked.append(sock.udp)
            sock.udp = None
