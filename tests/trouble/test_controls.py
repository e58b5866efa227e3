"""A module is not charged where the network is blocked or loses datagrams. It is charged where the controls succeed."""

import shutil
import subprocess
import sys

import pytest

from tests.fixtures.runs import ROOT

IN_NAMESPACE = """
import sys
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import Forms
from fixtures.errors import ModuleFault
from fixtures.rigs import NetworkSettings, Rig, SerialSettings
import subprocess
from fixtures.drivers.bench import controls
controls.RETURN_S, controls.CONTROL_S = 1.0, 0.5
address, url, command, used, tries = sys.argv[1:]
rig = Rig("away", serial=SerialSettings(url), network=NetworkSettings(ssid="LAB"))
bench = Bench(rig, Forms(answer_s=2.0))
bench.open()
assert bench.identity.address == address, bench.identity
subprocess.run(command, shell=True, check=True)
bench.prepare()
bench.network.used |= set(used.split())
found = bench.doubts.about(ModuleFault("no connection"), network=True, tries=int(tries))
print(type(found).__name__, found)
bench.close()
"""


def allowed():
    """True where this user may make a network namespace of its own."""
    return subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode == 0


namespaces = pytest.mark.skipif(
    not (shutil.which("unshare") and shutil.which("nft") and allowed()),
    reason="no right to make a network namespace, or no nft",
)
DROP = "nft add table t; nft 'add chain t in { type filter hook input priority 0; }'; nft add rule t in "
BLOCKS = {
    "nothing": ("true", "tcp udp", "1", "NoneType"),
    "drop": (DROP + "tcp dport 10000-31999 drop", "tcp", "0", "Blocked this machine cannot connect"),
    "reject": (DROP + "tcp dport 10000-31999 reject", "tcp", "0", "Blocked this machine cannot connect"),
    "own connections": (DROP + "ip saddr 127.0.0.9 tcp flags syn drop", "listener", "0", "Blocked this machine"),
    "loss": (DROP + "udp dport 1024-65535 numgen random mod 100 lt 3 drop", "udp", "0", "Lossy "),
    "loss, no datagram sent": (DROP + "udp dport 1024-65535 drop", "tcp", "0", "NoneType"),
}


@namespaces
@pytest.mark.parametrize("block", BLOCKS)
def test_network_that_is_blocked_is_found_by_sockets_of_the_bench_without_the_module(block):
    command, used, tries, said = BLOCKS[block]
    script = (
        "ip link set lo up; "
        f"{sys.executable} -m reference_impl --tcp 127.0.0.1:7000 --address 127.0.0.9 > /dev/null & "
        "until (: < /dev/tcp/127.0.0.1/7000) 2> /dev/null; do sleep 0.1; done; "
        f'{sys.executable} -c "$0" 127.0.0.9 socket://127.0.0.1:7000 "$1" "$2" "$3"; kill %1'
    )
    assert run_in_namespace(script, command, used, tries).startswith(said)


AWAY = {
    "nothing": ("true", "tcp listener udp", "1", "NoneType"),
    "drop": (DROP + "ip saddr 10.9.0.2 tcp sport 10000-31999 drop", "tcp", "0", "Blocked a connection to another port"),
    "reject": (
        "nft add table t; nft 'add chain t out { type filter hook output priority 0; }'; "
        "nft add rule t out tcp dport 10000-31999 reject",
        "tcp",
        "0",
        "Blocked a connection to another port of the module is refused by ICMP",
    ),
    "own connections": (DROP + "ip saddr 10.9.0.2 tcp flags syn / syn,ack drop", "listener", "0", "Blocked the module"),
    "the module's server alone": (
        "nft add table t; nft 'add chain t out { type filter hook output priority 0; }'; "
        "nft add rule t out tcp dport 10000-31999 reject with tcp reset",
        "tcp",
        "0",
        "NoneType",
    ),
    "a datagram, first try": ("true", "udp", "0", "Lossy UDP may lose a datagram"),
    "a datagram, second try": ("true", "udp", "1", "NoneType"),
}


@namespaces
@pytest.mark.parametrize("block", AWAY)
def test_module_elsewhere_is_charged_where_another_port_and_another_way_work(block):
    command, used, tries, said = AWAY[block]
    script = (
        "ip link set lo up; unshare -n sleep 80 & inner=$!; "
        "until [ $(readlink /proc/$inner/ns/net) != $(readlink /proc/self/ns/net) ]; do sleep 0.05; done; "
        "ip link add v0 type veth peer name v1 netns $inner; ip addr add 10.9.0.1/24 dev v0; ip link set v0 up; "
        "nsenter -t $inner -n sh -c 'ip addr add 10.9.0.2/24 dev v1; ip link set v1 up; ip link set lo up'; "
        f"nsenter -t $inner -n {sys.executable} -m reference_impl --tcp 10.9.0.2:7000 --address 10.9.0.2 > /dev/null & "
        "until (: < /dev/tcp/10.9.0.2/7000) 2> /dev/null; do sleep 0.1; done; "
        f'{sys.executable} -c "$0" 10.9.0.2 socket://10.9.0.2:7000 "$1" "$2" "$3"; kill %1 %2'
    )
    assert run_in_namespace(script, command, used, tries).startswith(said)


def run_in_namespace(script, *arguments):
    """Run a bench with ``script`` in a network namespace of its own. Returns what its doubts say."""
    done = subprocess.run(
        ["unshare", "-n", "bash", "-c", script, IN_NAMESPACE, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0 or done.stdout, done.stderr
    return done.stdout
