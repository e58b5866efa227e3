"""Freedoms of the commands that open nothing: values, identity, the network that is joined, restarts."""

import re
import time

from tests.strangers.second_eye.commands import NUMBERS

ALONE = (
    *("P?", "R0", "R?", "S?", "P0", "I?", "MR", "C0", "CS", "CD", "CR", "C?"),
    *("ZR", "MT", "MS", "Z0", "Z1", "Z2", "Z5"),
)
"""Commands without a value that some document knows."""
HOME = "127.0.0.1"


class OddCommands:
    """Over ``Commands``."""

    def __init__(self):
        self.rejoins = False

    # ---- values

    def query(self, command):
        known = command in ALONE or re.fullmatch(r"[PRSMCZ][0-9TSK]", command)
        if not known and self.variant("o-unknown-ok"):
            return self.ok()
        if not known and self.variant("o-unknown-prompt"):
            return self.write(b"\r\n> ")
        return super().query(command)

    def set_number(self, command, value):
        if self.variant("o-unknown-ok") and command not in NUMBERS:
            return self.ok()
        return super().set_number(command, value)

    def number_within(self, command, text, low, high):
        if self.variant("o-more-fields"):
            text = text.split(",")[0]
        if self.variant("o-atoi"):
            match = re.match(r"\s*\+?(0[xX][0-9a-fA-F]+|[0-9]{1,9})", text)
            if match:
                text = str(int(match[1], 16)) if match[1][:2] in ("0x", "0X") else match[1]
        return super().number_within(command, text, low, high)

    def set_probes(self, command, value):
        if self.variant("o-pk-one") and value in ("0", "1"):
            value = f"{value},{self.selected.idle_ms}"
        return super().set_probes(command, value)

    def set_host(self, command, value):
        if self.variant("o-p3-any") and value:
            self.selected.p[3] = value
            return self.ok()
        return super().set_host(command, value)

    # ---- what is shown

    def identify(self):
        if self.variant("o-i-odd"):
            return self.ok("ISM43362,C3.5.2.5.STM,,,,0," + "eS-WiFi & friends " * 11)
        return super().identify()

    def show_mac(self):
        return self.ok("c4:7f:51:00:09:2a") if self.variant("o-mac-lower") else super().show_mac()

    def show_network(self):
        ssid, _, security, dhcp = self.wifi
        if self.variant("o-cq-odd") and self.joined:
            addresses = (HOME, "255.255.255.0", "127.0.0.254", HOME, HOME)
            fields = (ssid, "********", security, dhcp, 4, *addresses, 10, 2, 7, "US A", 1)
        elif self.variant("o-cq-odd"):
            fields = (ssid, "", security, dhcp, *[""] * 10, 0)
        elif self.variant("o-cq-former") and not self.joined:
            fields = (*self.wifi, 0, HOME, "255.0.0.0", HOME, HOME, "0.0.0.0", 3, 0, 0, "US", 0)
        else:
            return super().show_network()
        return self.ok(",".join(map(str, fields)))

    def show_signal(self):
        if not self.joined and self.variant("o-cd-unjoined-error"):
            return self.error("CR", "Not joined")
        return self.ok("RSSI: -42 dBm") if self.variant("o-cr-dbm") else super().show_signal()

    def poll(self):
        if self.variant("o-mr-last"):
            return self.ok(b"[SOMA]" + self.last_notice + b"[EOMA]")
        return super().poll()

    # ---- the network

    def join(self):
        if self.joined and self.variant("o-join-again-error"):
            return self.error("C0", "Already joined")
        self.rejoins = False
        super().join()
        if self.joined and self.variant("o-async-states"):
            self.later(0.3, lambda: self.tell(b"[DHCP] Lease of 86400 s"))
        return None

    def leave(self):
        self.rejoins = False
        if not self.joined and self.variant("o-cd-unjoined-error"):
            return self.error("CD", "Not joined")
        return super().leave()

    # ---- flash and restart

    def reset_settings(self):
        self.write_flash()
        if self.variant("o-z0-deep"):
            for sock in self.sockets:
                self.stop(sock)
            self.selection, self.ms, self.mt = 0, 0, 0 if self.variant("mt0") else 1
        return super().reset_settings()

    def save(self):
        self.write_flash()
        return super().save()

    def forget_saved(self):
        self.write_flash()
        return super().forget_saved()

    def write_flash(self):
        if self.variant("o-flash-slow"):
            time.sleep(0.9)

    def restart(self):
        self.do_what_is_due(hurry=True)
        self.skips_line = self.rejoins = False
        super().restart()
        if self.variant("o-zr-rejoin") and self.wifi[0].startswith(self.network):
            self.rejoins = True
            self.later(0.6, self.rejoin, hurried=False)

    def start_up(self):
        if self.variant("o-zr-noise"):
            self.write(b"\x15" * 12 + b"\0\xff\0\r\nBoot 1.2 > app\r\nRAM test\r\nOK\r\nERROR: no host name\r\n")
            time.sleep(0.2)
        return super().start_up()

    def rejoin(self):
        """The network of before the restart, unless the host has said otherwise."""
        if self.rejoins:
            self.rejoins, self.joined = False, True
            self.tell(f"[JOIN   ] {self.wifi[0]},{HOME},0,0".encode("latin-1"))
