"""A place of a labgrid lab is held while it is used, makes a rig, and is given back whatever happens."""

import contextlib
import getpass
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading

import pytest

pytest.importorskip("labgrid", reason="labgrid has an environment of its own: tox -e labgrid")

from fixtures.drivers.lab import places
from fixtures.drivers.lab.switches import make_switch
from fixtures.errors import RigError
from fixtures.rigs import NetworkSettings, Rig, SwitchSettings
from tests.fixtures.runs import Run
from tests.labgrid.lab import (
    PATIENCE,
    ROOT,
    Program,
    Somebody,
    SwitchedModule,
    coordinator,
    exporter,
    exporter_of,
    power_port,
    serial_port,
    wait_for,
)

US = f"{socket.gethostname()}/{getpass.getuser()}"
PLACES = ("demo", "other", "raw", "bare", "twins", "odd", "dark", "stuck", "lost")


@pytest.fixture(scope="module")
def module():
    with SwitchedModule() as one:
        yield one


@pytest.fixture(scope="module")
def other():
    with SwitchedModule("--address", "127.0.0.2") as one:
        yield one


@pytest.fixture(scope="module")
def nobody():
    """A port at which nobody answers, bound and not listening, so that no other process can."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        yield one.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory, module, other, nobody):
    """The address of a coordinator, and somebody else who knows it."""
    folder = tmp_path_factory.mktemp("lab")
    groups = {
        "demo": {"console": serial_port(module.port), "relay": power_port(module.url)},
        "other": {"console": serial_port(other.port), "relay": power_port(other.url)},
        "raw": {"console": serial_port(nobody, "raw", 9600)},
        "bare": {"relay": power_port(module.url)},
        "twins": {"left": serial_port(nobody), "right": serial_port(module.port)},
        "odd": {"console": serial_port(nobody, "carrier-pigeon")},
        "dark": {"console": serial_port(module.port), "relay": power_port(module.url)},
        "stuck": {
            "console": serial_port(nobody),
            "relay": power_port(f"http://127.0.0.1:{nobody}/{{index}}/{{value}}"),
        },
    }
    with coordinator(folder) as book:
        address = book.ready.split()[-1]
        with exporter(folder, address, "shelf", groups):
            somebody = Somebody(address)
            wait_for(lambda: {f"shelf/{one}" for one in groups} <= somebody.resources(), "everything to be exported")
            for place in PLACES:
                somebody.make_place(place, place)
            yield address, somebody
            somebody.close()


@pytest.fixture
def somebody(lab, monkeypatch):
    """Somebody else who wants in; the next acquire of the test goes to the same coordinator."""
    monkeypatch.setenv("LG_COORDINATOR", lab[0])
    monkeypatch.delenv("LG_ENV", raising=False)
    somebody = lab[1]
    yield somebody
    left = {place: somebody.holder(place) for place in PLACES}
    for place in PLACES:
        if left[place]:
            somebody.release(place)
    assert left == dict.fromkeys(PLACES, "")
    assert somebody.reservations() == []


def rig_of(place):
    return places.named(f"labgrid:{place}")


@contextlib.contextmanager
def held(place, base=None, wait_s=0.0):
    one = places.acquire(place, base or rig_of(place), wait_s)
    try:
        yield one
    finally:
        one.release()


def test_place_is_ours_until_it_is_given_back(somebody):
    with held("demo"):
        assert somebody.holder("demo") == US
        assert somebody.reservations() == []
    assert somebody.holder("demo") == ""


def test_place_tells_where_its_line_is_and_how_fast(somebody, module, nobody):
    with held("demo") as one:
        assert one.rig.serial.port == f"rfc2217://127.0.0.1:{module.port}?ign_set_control"
        assert one.rig.serial.baudrate == 115200
    with held("raw") as one:
        assert one.rig.serial.port == f"socket://127.0.0.1:{nobody}"
        assert one.rig.serial.baudrate == 9600
        assert one.rig.power is None


def test_power_of_the_place_starts_the_module_anew(somebody, module):
    with held("demo") as one:
        before = module.starts
        make_switch(one.rig.power, link=None).act()
        assert module.starts == before + 1


def test_place_whose_power_is_off_is_switched_on(somebody, module):
    module.off()
    with held("dark"):
        assert module.is_on


def test_power_of_an_environment_file_is_used(somebody, tmp_path, monkeypatch):
    drivers = {"ExternalPowerDriver": {"cmd_on": "true", "cmd_off": "true", "cmd_cycle": f"touch {tmp_path}/cycled"}}
    target = {"resources": {"RemotePlace": {"name": "raw"}}, "drivers": drivers}
    (tmp_path / "env.yaml").write_text(json.dumps({"targets": {"main": target}}), encoding="utf-8")
    monkeypatch.setenv("LG_ENV", str(tmp_path / "env.yaml"))
    with held("raw") as one:
        make_switch(one.rig.power, link=None).act()
        assert (tmp_path / "cycled").exists()
    with pytest.raises(RigError, match=r"env.yaml \(LG_ENV\) names no RemotePlace demo"):
        places.acquire("demo", rig_of("demo"))


def test_power_switch_that_does_not_work_is_named_and_may_be_replaced(somebody):
    with pytest.raises(RigError, match=r"power switch of place stuck does not work .*Connection.*\[power\]"):
        places.acquire("stuck", rig_of("stuck"))
    by_hand = SwitchSettings(by="hand")
    with held("stuck", Rig(name="mine", place="stuck", power=by_hand)) as one:
        assert one.rig.power == by_hand


def test_place_that_is_asked_for_by_its_alias_is_found(somebody):
    from labgrid.remote.generated import labgrid_coordinator_pb2 as pb2

    somebody.ask("AddPlaceAlias", pb2.AddPlaceAliasRequest(placename="raw", alias="old-name"))
    with held("old-name"):
        assert somebody.holder("raw") == US


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("nowhere", r"has no place 'nowhere'. It has: bare, dark, demo, lost, odd, other, raw, stuck, twins"),
        ("bare", r"place bare has no serial port \(NetworkSerialPort\); it has: NetworkPowerPort"),
        ("twins", r"place twins has the serial ports left, right. Say which one: .*set-tags serial=NAME"),
        ("odd", r"protocol 'carrier-pigeon' is unknown: expected rfc2217 or raw"),
        ("lost", r"place lost: Match \*/lost/\* has no matching remote resource. Is its exporter running\?"),
    ],
)
def test_place_that_cannot_be_used_is_refused_with_the_cure_and_not_kept(somebody, place, message):
    with pytest.raises(RigError, match=message):
        places.acquire(place, rig_of(place))


def test_tag_says_which_serial_port_is_meant(somebody, module):
    somebody.tag("twins", serial="right")
    with held("twins") as one:
        assert one.rig.serial.port.startswith(f"rfc2217://127.0.0.1:{module.port}?")
    somebody.tag("twins", serial="")


def test_place_in_use_is_refused_with_the_name_of_who_holds_it(somebody):
    somebody.acquire("raw")
    with pytest.raises(RigError, match=r"place raw is held by far/bob \(host/user\) since .*--wait-for-rig"):
        places.acquire("raw", rig_of("raw"))
    assert somebody.holder("raw") == "far/bob"
    somebody.release("raw")


def test_place_that_is_reserved_is_refused_with_the_name_of_who_reserved_it(somebody):
    token = somebody.reserve("raw")
    with pytest.raises(RigError, match=r"place raw is reserved for far/bob"):
        places.acquire("raw", rig_of("raw"))
    somebody.cancel(token)


def test_place_in_use_is_waited_for(somebody):
    somebody.acquire("raw")
    got = []
    waiting = threading.Thread(target=lambda: got.append(places.acquire("raw", rig_of("raw"), PATIENCE)))
    waiting.start()
    wait_for(lambda: somebody.reservations() == [US], "our place in the queue")
    somebody.release("raw")
    waiting.join(PATIENCE)
    assert somebody.holder("raw") == US
    got[0].release()


def test_wait_ends_and_leaves_the_queue(somebody):
    somebody.acquire("raw")
    with pytest.raises(RigError, match=r"held by far/bob .* after 0.\d+ s"):
        places.acquire("raw", rig_of("raw"), 0.3)
    assert somebody.reservations() == []
    somebody.release("raw")


def test_run_that_is_killed_while_it_waits_leaves_the_queue(somebody):
    somebody.acquire("raw")
    holder = (
        "from fixtures.drivers.lab import places; print('go'); places.acquire('raw', places.named('labgrid:raw'), 100)"
    )
    with Program("-c", holder, ready="go") as run:
        wait_for(lambda: somebody.reservations() == [US], "its place in the queue")
        run.kill()
        wait_for(lambda: somebody.reservations() == [], "the queue to be left")
    somebody.release("raw")


def test_second_run_of_the_same_user_does_not_share_the_place(somebody):
    with held("raw"), pytest.raises(RigError, match=r"labgrid://\S+/raw is in use"):
        places.acquire("raw", rig_of("raw"))


def test_place_that_its_holder_lets_us_use_stays_his(somebody):
    somebody.acquire("raw")
    somebody.allow("raw", US)
    with held("raw") as one:
        assert not one.taken
    assert somebody.holder("raw") == "far/bob"
    somebody.release("raw")


def test_place_that_we_hold_by_hand_stays_ours(somebody, lab):
    client = [sys.executable, "-m", "labgrid.remote.client", "-x", lab[0], "-p", "raw"]
    subprocess.run([*client, "acquire"], check=True, stdout=subprocess.DEVNULL)
    with held("raw") as one:
        assert not one.taken
    assert somebody.holder("raw") == US
    subprocess.run([*client, "release"], check=True, stdout=subprocess.DEVNULL)
    assert somebody.holder("raw") == ""


HOLDER = """
import sys
from fixtures.drivers.lab import places
place = places.acquire("raw", places.named("labgrid:raw"))
print("held", flush=True)
{then}
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_place_of_a_run_that_is_killed_is_given_back(somebody, number):
    with Program("-c", HOLDER.format(then="import signal; signal.pause()"), ready="held") as run:
        assert somebody.holder("raw") == US
        run.kill(number)
        wait_for(lambda: somebody.holder("raw") == "", "the place to be given back")


def test_signals_that_are_meant_for_the_run_do_not_free_its_place(somebody):
    with held("raw") as one:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(one.pid, number)
        assert somebody.holder("raw") == US


def test_place_of_a_run_that_fails_is_given_back(somebody):
    with Program("-c", HOLDER.format(then="raise SystemError"), ready="held") as run:
        assert run.process.wait(PATIENCE) == 1
        wait_for(lambda: somebody.holder("raw") == "", "the place to be given back")


def test_coordinator_itself_frees_no_place_of_a_client_that_is_gone(somebody):
    """Why the place is held by a process that outlives the run: without it, the place would stay held."""
    one = places.acquire("raw", rig_of("raw"))
    os.kill(one.pid, signal.SIGKILL)
    with pytest.raises(RigError, match="ended before the place was released"):
        one.release()
    assert somebody.holder("raw") == US
    somebody.release("raw")


def test_tags_of_the_place_say_what_a_rig_file_would(somebody):
    somebody.tag(
        "raw",
        profile="c3.5.2.5",
        allow="reset,network",
        ssid="Lab 1",
        security="2",
        ports="21000-21099",
        board="b-l475e",
    )
    with held("raw") as one:
        rig = one.rig
    assert (rig.profile, rig.allow) == ("c3.5.2.5", {"reset", "network"})
    assert rig.network == NetworkSettings(ssid="Lab 1", security=2, ports=(21000, 21099))


def test_rig_file_goes_before_the_tags(somebody):
    somebody.tag("raw", profile="c1", ssid="Lab 1", security="2")
    base = Rig(name="mine", profile="c6.2.1.8", place="raw", network=NetworkSettings(ssid="mine"))
    with held("raw", base) as one:
        rig = one.rig
    assert (rig.name, rig.profile, rig.network.ssid, rig.network.security) == ("mine", "c6.2.1.8", "mine", 2)


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"security": "very"}, "tags of place raw: key network.security: 'very' is not of type 'integer'"),
        ({"allow": "reset,fire"}, "tags of place raw: key allow.1: 'fire' is not one of"),
        ({"ports": "21000"}, "tags of place raw: key network.ports"),
        ({"peer_address": "here"}, "tags of place raw: key network.peer_address"),
    ],
)
def test_tag_that_is_wrong_is_named(somebody, tags, message):
    somebody.tag("raw", **tags)
    with pytest.raises(RigError, match=message):
        places.acquire("raw", rig_of("raw"))
    somebody.tag("raw", **dict.fromkeys(tags, ""))


def test_coordinator_that_does_not_answer_is_named_with_the_cure(monkeypatch, nobody):
    monkeypatch.setenv("LG_COORDINATOR", f"127.0.0.1:{nobody}")
    with pytest.raises(RigError, match=f"no labgrid coordinator answers at 127.0.0.1:{nobody}. .*LG_COORDINATOR"):
        places.acquire("raw", rig_of("raw"))


def test_place_that_cannot_be_given_back_is_told_with_the_cure(tmp_path, monkeypatch, nobody):
    with coordinator(tmp_path) as book:
        address = book.ready.split()[-1]
        monkeypatch.setenv("LG_COORDINATOR", address)
        with exporter(tmp_path, address, "shelf", {"raw": {"console": serial_port(nobody, "raw")}}):
            bob = Somebody(address)
            wait_for(lambda: bob.resources() == {"shelf/raw"}, "the port to be exported")
            bob.make_place("raw", "raw")
            one = places.acquire("raw", rig_of("raw"))
            bob.close()
            book.kill()
            with pytest.raises(RigError, match=r"raw could not be given back: .*labgrid-client -p raw release"):
                one.release()


@pytest.fixture
def run(tmp_path, lab):
    return Run(tmp_path, environment={"LG_COORDINATOR": lab[0]})


def test_run_judges_the_module_of_a_place_and_gives_it_back(somebody, run, module):
    somebody.seen["demo"] = [""]
    ended = run("--rig=labgrid:demo", "suites/settings", "-k", "test_p_query_has_the_declared_fields")
    assert ended.status == 0, ended.output
    assert {case["verdict"] for case in ended.cases.values()} == {"pass"}
    assert f"rfc2217://127.0.0.1:{module.port}" in (run.folder / "run.json").read_text(encoding="utf-8")
    assert somebody.holder("demo") == ""
    assert somebody.seen["demo"] == ["", US, ""]


def test_run_that_finds_fault_takes_the_profile_of_the_place_and_gives_it_back(somebody, run):
    somebody.tag("demo", profile="c1")
    somebody.seen["demo"] = [""]
    ended = run("--rig=labgrid:demo", "suites/settings", "-k", "test_p_query_has_the_declared_fields")
    somebody.tag("demo", profile="")
    assert ended.status != 0
    assert '"name": "c1"' in (run.folder / "run.json").read_text(encoding="utf-8")
    assert "fail" in {case["verdict"] for case in ended.cases.values()}
    assert somebody.holder("demo") == ""
    assert somebody.seen["demo"] == ["", US, ""]


def test_run_whose_line_is_dead_gives_the_place_back(somebody, run):
    somebody.seen["raw"] = [""]
    ended = run("--rig=labgrid:raw", "suites/settings", "-k", "test_p_query_has_the_declared_fields")
    assert ended.problem["blame"] == "rig"
    assert "nobody listens at socket://127.0.0.1:" in ended.problem["message"]
    assert somebody.holder("raw") == ""
    assert somebody.seen["raw"] == ["", US, ""]


def test_run_without_its_place_says_why_and_runs_no_case(somebody, run):
    ended = run("--rig=labgrid:bare", "suites/settings", "-k", "test_p_query_has_the_declared_fields")
    assert ended.problem["blame"] == "rig"
    assert "place bare has no serial port" in ended.problem["message"]
    assert ended.status != 0


def test_run_with_a_rig_file_that_names_a_place_goes_there(somebody, run):
    rig = run.folder / "bench.toml"
    rig.write_text('name = "shelf 1"\n[place]\nname = "demo"\n', encoding="utf-8")
    somebody.seen["demo"] = [""]
    ended = run(f"--rig={rig}", "suites/settings", "-k", "test_p_query_has_the_declared_fields[0]")
    assert ended.status == 0, ended.output
    assert somebody.holder("demo") == ""
    assert somebody.seen["demo"] == ["", US, ""]


def test_run_at_two_places_holds_each_while_its_worker_runs(somebody, run):
    somebody.seen["demo"], somebody.seen["other"] = [""], [""]
    cases = ("suites/settings/test_sockets.py", "-k", "test_p_query_has_the_declared_fields")
    ended = run("--rig=labgrid:demo", "--rig=labgrid:other", *cases)
    assert ended.status == 0, ended.output
    assert [case["verdict"] for case in ended.record["cases"]] == ["pass"] * 8
    assert (somebody.holder("demo"), somebody.holder("other")) == ("", "")
    assert (somebody.seen["demo"], somebody.seen["other"]) == (["", US, ""], ["", US, ""])


def test_run_that_is_killed_in_the_middle_gives_the_place_back(somebody, run):
    run.start("--rig=labgrid:demo", "suites/settings")
    run.wait_for_cases(1)
    assert somebody.holder("demo") == US
    run.process.kill()
    run.end()
    wait_for(lambda: somebody.holder("demo") == "", "the place to be given back")


def test_listing_the_cases_asks_for_no_place(somebody, run):
    somebody.seen["demo"] = [""]
    ended = run("--rig=labgrid:demo", "suites/settings", "--collect-only", "-q")
    assert ended.status == 0
    assert somebody.holder("demo") == ""
    assert somebody.seen["demo"] == [""]


# --- the doctor ------------------------------------------------------------------------------------------------------


def doctor(place):
    asked = [sys.executable, "-m", "fixtures", "doctor", f"labgrid:{place}"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE * 4)


def test_doctor_examines_the_module_of_a_place_and_gives_it_back(somebody, module):
    somebody.tag("demo", profile="web", ssid="LAB", security="0", allow="reset")
    said = doctor("demo")
    assert re.search(r"^ok +identity ", said.stdout, re.MULTILINE), said.stdout + said.stderr
    assert re.search(r"^ok +power ", said.stdout, re.MULTILINE), said.stdout
    assert said.returncode == 0, said.stdout
    assert somebody.holder("demo") == ""


def test_doctor_says_why_a_place_cannot_be_examined(somebody):
    said = doctor("bare")
    assert (said.returncode, said.stdout.count("\n")) == (2, 1), said.stdout + said.stderr
    assert "serial port" in said.stdout


def blocks_of(page):
    """The examples of a page that are run: their language and their text."""
    return re.findall(r"<!-- example: run by the tests -->\n```(\w+)\n(.*?)```", page, re.DOTALL)


def test_example_of_the_documentation_makes_a_place_that_can_be_used(somebody, lab, tmp_path):
    (_, resources), (_, commands) = blocks_of((ROOT / "docs" / "labgrid.md").read_text(encoding="utf-8"))
    # the example's power switch is not there, so it goes to another group than the place's
    (tmp_path / "lab.yaml").write_text(resources.replace("  relay:", "\nunused:\n  relay:"), encoding="utf-8")
    client = f"{sys.executable} -m labgrid.remote.client"
    with exporter_of(tmp_path / "lab.yaml", lab[0], "documented"):
        wait_for(lambda: "documented/shelf-1" in somebody.resources(), "the example's port")
        shown = subprocess.run(
            ["sh", "-ec", commands.replace("labgrid-client", client)],
            env={**os.environ, "LG_COORDINATOR": lab[0]},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
        assert "documented/shelf-1/NetworkSerialPort" in shown
        with held("shelf-1") as one:
            assert one.rig.serial.port.startswith("rfc2217://127.0.0.1:4001")
            assert (one.rig.profile, one.rig.network.ssid, one.rig.allow) == ("auto", "LAB", {"reset"})
        somebody.delete_place("shelf-1")
