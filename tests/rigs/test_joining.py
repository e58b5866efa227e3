"""The bench joins the network that the rig names, with the rig's address where it gives one."""

from dataclasses import replace

import pytest

from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.bench.expected import unexpected
from fixtures.drivers.bench.joining import find_address
from fixtures.drivers.line.at import Forms
from fixtures.errors import RigError
from fixtures.rigs import Expected, NetworkSettings, Rig, StaticAddress
from tests.fixtures.line import Pty, ScriptedModule
from tests.reference_impl.process import Emulator
from tests.rigs.conftest import linked

OK = b"\r\n\r\nOK\r\n> "
FIXED = StaticAddress("10.0.0.5", "255.255.255.0", "10.0.0.1")
SCRIPT = {
    **dict.fromkeys([b"C1=LAB", b"C3=0", b"C4=0", b"C6=10.0.0.5", b"C7=255.255.255.0", b"C8=10.0.0.1"], OK),
    b"C0": b"\r\n[JOIN   ] LAB,10.0.0.5,0,0\r\nOK\r\n> ",
}


def join_with(script, **network):
    """The address of the module afterwards, and the commands that the module got."""
    pty = Pty()
    module = ScriptedModule(pty, script)
    module.start()
    try:
        with linked(pty.name) as link:
            bench = Bench(Rig(name="bench", network=NetworkSettings(ssid="LAB", security=0, **network)), Forms())
            bench.station.use(link)
            return find_address(bench.station), [line.rstrip(b"\r") for line in module.seen]
    finally:
        module.end()
        pty.vanish()


def test_module_gets_the_address_of_the_rig_before_it_joins():
    address, sent = join_with(SCRIPT, address=FIXED)
    assert address == "10.0.0.5"
    assert sent == [b"C1=LAB", b"C3=0", b"C4=0", b"C6=10.0.0.5", b"C7=255.255.255.0", b"C8=10.0.0.1", b"C0"]


def test_module_asks_for_an_address_unless_the_rig_has_one():
    address, sent = join_with({**SCRIPT, b"C4=1": OK})
    assert (address, sent) == ("10.0.0.5", [b"C1=LAB", b"C3=0", b"C4=1", b"C0"])


def test_firmware_that_takes_no_address_is_said():
    with pytest.raises(RigError, match=r"refuses C6=10\.0\.0\.5: .* Leave network\.address out"):
        join_with({**SCRIPT, b"C6=10.0.0.5": b"\r\nERROR\r\n> "}, address=FIXED)


def test_address_by_which_the_module_is_reached_may_be_another_and_it_joins_all_the_same():
    address, sent = join_with({**SCRIPT, b"C4=1": OK}, module_address="192.0.2.7")
    assert (address, sent[-1]) == ("192.0.2.7", b"C0")


@pytest.fixture(scope="module")
def joined_before():
    with Emulator(joined="LAB") as module:
        yield Rig(name="desk").on(module.urls[0])


def test_module_that_joined_before_is_taken_as_it_is(joined_before):
    bench = Bench(replace(joined_before, expect=Expected("ISM43362", "C6")), Forms())
    bench.open()
    try:
        assert bench.identity.address == "127.0.0.1"
    finally:
        bench.close()


def test_module_that_the_rig_does_not_expect_is_not_judged(joined_before):
    bench = Bench(replace(joined_before, expect=Expected(firmware=r"^C3\.5")), Forms())
    with pytest.raises(RigError, match=r"not the module of the rig 'desk': firmware is 'C6\.2\.1\.7', the rig expects"):
        bench.open()


def test_peers_that_would_come_from_another_machines_address_are_refused_before_the_first_case(joined_before):
    network = NetworkSettings(peer_address="192.0.2.1")  # for documentation, and nobody's
    bench = Bench(replace(joined_before, network=network), Forms())
    with pytest.raises(RigError, match=r"cannot come from 192\.0\.2\.1: it is no address of this machine"):
        bench.open()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (["ISM43362-M3G", "C3.5.2.5.STM"], ""),
        (["ISM4343-WBM", "C3.5.2.5.STM"], "product is 'ISM4343-WBM', the rig expects 'ISM43362'"),
        (["ISM43362-M3G"], "firmware is '', the rig expects '^C3'"),
        ([], "product is '', the rig expects 'ISM43362'; firmware is '', the rig expects '^C3'"),
    ],
)
def test_what_is_not_expected_is_said(fields, said):
    assert unexpected(fields, Expected("ISM43362", "^C3")) == said
