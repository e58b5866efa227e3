"""The mains of a laboratory: an emulator that can be without power, and the things that cut it."""

import base64
import contextlib
import hashlib
import http.server
import json
import re
import sys
import threading
import urllib.parse
from pathlib import Path

from tests.reference_impl.process import Emulator

UHUBCTL = """
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
if arguments.get("-l") != "1-1.4" or arguments.get("-p") != "2":
    sys.exit("No compatible devices detected at location " + arguments.get("-l", "?"))
tell(arguments["-a"])
"""
GPIOSET_2 = """
if sys.argv[1:] == ["--version"]:
    print("gpioset (libgpiod) v2.1.3"); sys.exit()
assert sys.argv[1:4] == ["--chip", "gpiochip0", "--toggle"], sys.argv
assert sys.argv[4] == "50ms,0" and sys.argv[5:] == ["17=0"], sys.argv
tell("off"); tell("on")
"""
GPIOSET_1 = """
if sys.argv[1:] == ["--version"]:
    print("gpioset (libgpiod) v1.6.3"); sys.exit()
assert sys.argv[1:] == ["--mode=time", "--sec=0", "--usec=50000", "gpiochip0", "17=0"], sys.argv
tell("off"); tell("on")
"""
RELAY = "tell(sys.argv[1])"
PROGRAM = """#!{python}
import sys, urllib.request
def tell(state):
    urllib.request.build_opener(urllib.request.ProxyHandler({{}})).open("{url}/strip?" + state, timeout=20).read()
{body}
"""


def sha256(*parts):
    """A digest as RFC 7616 has it."""
    return hashlib.sha256(":".join(parts).encode()).hexdigest()


class Mains:
    """A pty emulator at ``link``, with power or without. ``broken``: what should cut it says so and does not.

    Its HTTP server is a relay in all the forms at once, and what the programs made by :meth:`program` speak to.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.link = str(self.folder / "module")
        self.broken = False
        self.password = ""
        self.cuts = 0
        self._emulator = None
        self._relay = True
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.switch("on")

    def switch(self, state):
        """On or off; nothing where it is so already, or where the mains are broken."""
        self._relay = state == "on"
        if state == "off" and self._emulator and not self.broken:
            self.cuts += 1
            self._emulator.end()
            self._emulator = None
        if state == "on" and not self._emulator:
            self._emulator = Emulator("--link", self.link)

    def program(self, name, body):
        """An executable that stands for hardware that a test machine has not: it acts on the emulator's process."""
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(PROGRAM.format(python=sys.executable, url=self.url, body=body), encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    def end(self):
        self._server.shutdown()
        self._thread.join(timeout=20)
        self._server.server_close()
        with contextlib.suppress(AttributeError):
            self._emulator.end()

    def answer(self, path, asked):
        """What a relay answers: status and JSON. The forms are those of the makers' own documentation."""
        match path.split("/")[1:], asked:
            case ["strip"], _:
                self.switch(next(iter(asked)))
                return 200, {}
            case ["relay", "0"], {"turn": state}:
                self.switch(state)
                return 200, {"ison": self._relay, "has_timer": False}
            case ["rpc", "Switch.Set"], {"id": "0", "on": state}:
                was = self._relay
                self.switch("on" if state == "true" else "off")
                return 200, {"was_on": was}
            case ["rpc", "Switch.GetStatus"], {"id": "0"}:
                return 200, {"id": 0, "output": self._relay}
            case ["cm"], {"cmnd": command}:
                if self.password and asked.get("password") != self.password:
                    return 401, {"WARNING": "Need user=<username>&password=<password>"}
                name, _, state = command.partition(" ")
                self.switch(state.lower())
                return 200, {"POWER": "ON" if self._relay else "OFF"} if name == "Power1" else {"Command": "Unknown"}
        return 404, {"code": 404, "message": "No handler"}

    def challenge(self, path, uri, given):
        """What the caller must answer first; "" where he has. Shelly asks by Basic, later ones by Digest."""
        if not self.password or path in ("/strip", "/cm"):
            return ""
        if path.startswith("/relay"):
            right = "Basic " + base64.b64encode(f"admin:{self.password}".encode()).decode()
            return "" if given == right else 'Basic realm="shelly"'
        fields = dict(re.findall(r'(\w+)="?([^",]+)"?', given))
        known = [fields.get(name, "") for name in ("nonce", "nc", "cnonce", "qop")]
        secret, asked = sha256("admin", "shelly", self.password), sha256("GET", uri)
        if fields.get("response") == sha256(secret, *known, asked):
            return ""
        return 'Digest qop="auth", realm="shelly", nonce="60dc59c6", algorithm=SHA-256'

    def _handler(self):
        mains = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urllib.parse.urlsplit(self.path)
                if challenge := mains.challenge(parts.path, self.path, self.headers.get("Authorization", "")):
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", challenge)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                status, body = mains.answer(
                    parts.path, dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
                )
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        return Handler
