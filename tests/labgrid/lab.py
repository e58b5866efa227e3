"""A lab on loopback: a real coordinator, a real exporter, a power switch over HTTP, and somebody else who wants in."""

import asyncio
import http.server
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from labgrid.remote.client import ClientSession
from labgrid.remote.generated import labgrid_coordinator_pb2 as pb2

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


def wait_for(condition, what):
    """Until the condition holds; looks again every few milliseconds, as there is no event to wait for."""
    end = time.monotonic() + PATIENCE
    while not (result := condition()):
        assert time.monotonic() < end, f"waited {PATIENCE} s for {what}"
        select.select([], [], [], 0.01)
    return result


class Program:
    """A process whose output is read up to a line that says that it is ready; SIGKILL at the end of the ``with``."""

    def __init__(self, *arguments, ready, folder=ROOT, **environment):
        self.process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.ready = self._read_to(ready)
        self._drainer = threading.Thread(target=self._drain, daemon=True)
        self._drainer.start()

    def _read_to(self, ready):
        for line in self.process.stdout:
            if ready in line:
                return line
        raise AssertionError(f"ended before it said {ready!r}: status {self.process.wait()}")

    def _drain(self):
        for _ in self.process.stdout:
            pass

    def kill(self, number=signal.SIGKILL):
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self._drainer.join(PATIENCE)
        self.process.stdout.close()


def coordinator(folder):
    """A coordinator of its own; its address is the end of its ready line."""
    return Program("-m", "labgrid.remote.coordinator", "-l", "127.0.0.1:0", ready="listening on", folder=folder)


def exporter(folder, address, name, groups):
    """An exporter of these groups of resources: ``{group: {name: {parameter: value}}}``."""
    path = folder / f"{name}.yaml"
    path.write_text(json.dumps(groups), encoding="utf-8")  # JSON is YAML
    return exporter_of(path, address, name)


def exporter_of(path, address, name):
    """An exporter of what this file tells."""
    return Program(
        *("-m", "labgrid.remote.exporter", "-c", address, "-n", name, "--hostname", "127.0.0.1", path),
        ready="Exporter ready",
        folder=path.parent,
    )


def serial_port(port, protocol="rfc2217", speed=115200):
    return {"cls": "NetworkSerialPort", "host": "127.0.0.1", "port": port, "protocol": protocol, "speed": speed}


def power_port(url, index=0):
    return {"cls": "NetworkPowerPort", "model": "simplerest", "host": url, "index": index}


class Somebody:
    """Another client of the coordinator, on another computer as far as that knows: ``far/bob``.

    ``seen[PLACE]`` is who held the place, one entry a change, as the coordinator tells all its clients.
    """

    name = "far/bob"

    def __init__(self, address):
        self._loop = asyncio.new_event_loop()
        self.seen = {}
        self._session = self._do(self._connect(address))
        self.stub = self._session.stub

    async def _connect(self, address):
        session = ClientSession(address, self._loop)
        session.gethostname, session.getuser = (lambda one=one: one for one in self.name.split("/"))
        changed = session.on_place_changed

        async def note(place):
            history = self.seen.setdefault(place.name, [""])
            if place.acquired != history[-1]:
                history.append(place.acquired)
            await changed(place)

        session.on_place_changed = note
        await session.start()
        return session

    def _do(self, work):
        return self._loop.run_until_complete(asyncio.wait_for(work, PATIENCE))

    def ask(self, method, request):
        """Send a request and wait until every change has been announced."""

        async def both():
            answer = await getattr(self.stub, method)(request)
            await self._session.sync_with_coordinator()
            return answer

        return self._do(both())

    def close(self):
        self._do(self._session.stop())
        self._do(self._session.close())
        self._loop.close()

    def resources(self):
        """``exporter/group`` of everything that is exported."""
        self._do(self._session.sync_with_coordinator())
        return {f"{one}/{group}" for one, groups in self._session.resources.items() for group in groups}

    def make_place(self, name, *groups, **tags):
        self.ask("AddPlace", pb2.AddPlaceRequest(name=name))
        for group in groups:
            self.ask("AddPlaceMatch", pb2.AddPlaceMatchRequest(placename=name, pattern=f"*/{group}/*"))
        if tags:
            self.tag(name, **tags)
        self.seen[name] = [""]

    def delete_place(self, name):
        self.ask("DeletePlace", pb2.DeletePlaceRequest(name=name))

    def tag(self, name, **tags):
        self.ask("SetPlaceTags", pb2.SetPlaceTagsRequest(placename=name, tags=tags))

    def acquire(self, name):
        self.ask("AcquirePlace", pb2.AcquirePlaceRequest(placename=name))

    def release(self, name):
        self.ask("ReleasePlace", pb2.ReleasePlaceRequest(placename=name))

    def allow(self, name, user):
        self.ask("AllowPlace", pb2.AllowPlaceRequest(placename=name, user=user))

    def reserve(self, name):
        wanted = {"main": pb2.Reservation.Filter(filter={"name": name})}
        answer = self.ask("CreateReservation", pb2.CreateReservationRequest(filters=wanted, prio=0.0))
        return answer.reservation.token

    def cancel(self, token):
        self.ask("CancelReservation", pb2.CancelReservationRequest(token=token))

    def reservations(self):
        return [one.owner for one in self.ask("GetReservations", pb2.GetReservationsRequest()).reservations]

    def holder(self, name):
        """Who holds the place now: HOST/USER, "" for nobody."""
        self._do(self._session.sync_with_coordinator())
        return self._session.places[name].acquired or ""


class SwitchedModule:
    """The bundled module on an RFC 2217 port behind a power switch that obeys HTTP, as labgrid's simplerest model."""

    def __init__(self, *options):
        self._options = options
        self.starts = 0
        self._module = None
        self._hold_a_port()
        self.on()
        module = self

        class Switch(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked = self.path.removeprefix("/relay/0").strip("/")
                if asked:
                    module.on() if asked == "1" else module.off()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"1" if module.is_on else b"0")

            def log_message(self, *_):
                pass

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Switch)
        self.url = f"http://127.0.0.1:{self._server.server_port}/relay/{{index}}/{{value}}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def _hold_a_port(self):
        """Keep the port from other processes while the module is off: bound and not listening, the module may, too."""
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind(("127.0.0.1", 0))
        self.port = self._held.getsockname()[1]

    @property
    def is_on(self):
        return self._module is not None

    def on(self):
        if self._module is None:
            where = f"127.0.0.1:{self.port}"
            options = ("-m", "reference_impl", "--rfc2217", where, "--joined", "LAB", *self._options)
            self._module = Program(*options, ready="ready")
            self.starts += 1

    def off(self):
        if self._module is not None:
            self._module.__exit__()
            self._module = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self.off()
        self._held.close()
