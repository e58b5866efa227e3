"""Nothing that a run leaves, or shows while it goes on, has its secrets: one run, a passphrase for each rig."""

import html
import json
import os
import re
import shlex
import shutil
import sys
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from reports.record.record import read_record
from tests.fixtures.runs import Run, copy_project

SUITE = "suites/framing/test_leaks.py"
PASSPHRASES = {
    "short": "s3crEt!8",
    "regex": "a.*(b)[c]+$^|\\d{2}?",
    "unicode": "Pässwörd→Ünïcode",
    "percent": "50%25 off & 100%/=<b>\"'",
}
RIG = """
name = "{name}"
allow = ["reset"]
[emulator]
options = ["--variant=echo", "--variant=dribble"]
[network]
ssid = {ssid}
hide = ["ssid", "mac"]
{source}
"""
ADDRESS = re.compile(rb"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}")


def ssid_of(name):
    return f'Net "{name}" <&>ü'


def spellings(secret):
    """By other means than those of the code that is tested."""
    plain = secret.encode()
    as_c = "".join(chr(b) if 0x20 <= b < 0x7F and b != 0x5C else "\\\\" if b == 0x5C else f"\\x{b:02x}" for b in plain)
    forms = [secret, as_c, repr(secret)[1:-1], repr(plain)[2:-1], shlex.quote(secret).strip("'")]
    for one in list(forms):
        forms += [json.dumps(one)[1:-1], json.dumps(one, ensure_ascii=False)[1:-1], html.escape(one)]
        forms += [html.escape(one, quote=False)]
    forms += [secret[:-1], as_c[:-1]]  # what a cut has left
    forms += [quote(secret), quote(secret, safe=""), quote_plus(secret), "".join(f"%{b:02x}" for b in plain)]
    return {one.encode() for one in forms}


class Look:
    """Looks for secrets, and notes where one was."""

    def __init__(self):
        self.forms = {}
        for name, passphrase in PASSPHRASES.items():
            for secret in (passphrase, ssid_of(name)):
                self.forms |= dict.fromkeys(spellings(secret), secret)
        self.seen, self.found = 0, []

    def at(self, where, data):
        self.seen += 1
        lower = data.lower()
        self.found += [f"{where}: {secret}" for form, secret in self.forms.items() if form.lower() in lower]
        self.found += [f"{where}: {match[0]!r}" for match in ADDRESS.finditer(data)]

    def files(self, folder):
        for path in folder.rglob("*"):
            if path.is_file():
                self.at(path.name, path.read_bytes())

    def processes(self, root):
        """Of the run and of all that it has started: the command lines and the environments."""
        started = descendants(root)
        assert len(started) >= 2 * len(PASSPHRASES), "a worker and an emulator for each rig"
        for pid in [root, *started]:
            self.at(f"command line of {pid}", Path(f"/proc/{pid}/cmdline").read_bytes())
        for pid in [root, *started]:
            self.at(f"environment of {pid}", Path(f"/proc/{pid}/environ").read_bytes())


def descendants(root):
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has just ended
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found[1:]


@pytest.fixture(scope="module")
def leaking(tmp_path_factory):
    """A run of everything that leaks, looked at when a case is under way and when all is over."""
    folder = tmp_path_factory.mktemp("leaking")
    project = copy_project(folder / "project")
    shutil.copy(Path(__file__).with_name("leaking_cases.py"), project / SUITE)
    (folder / "left").mkdir()
    environment = {"GATES": str(folder)}
    options = [rig_option(folder, name, environment) for name in PASSPHRASES]
    for name in PASSPHRASES:
        os.mkfifo(folder / name)
    run = Run(folder / "left", project, environment).start(SUITE, *options, "--showlocals", "-v")
    look = Look()
    for name in PASSPHRASES:
        (folder / name).open().close()
    look.files(folder / "left")
    look.processes(run.process.pid)
    for name in PASSPHRASES:
        (folder / name).open("w").close()
    ended = run.end()
    look.files(folder / "left")
    look.at("the terminal", ended.output.encode())
    return look, ended


def rig_option(folder, name, environment):
    """The option for a rig whose passphrase comes from its environment variable, or from a command."""
    if name == "regex":
        (folder / "vault").write_text(PASSPHRASES[name] + "\n", encoding="utf-8")
        command = [sys.executable, "-c", "import sys; print(open(sys.argv[1]).read())", str(folder / "vault")]
        source = f"passphrase_command = {json.dumps(command)}"
    else:
        environment[f"PASS_{name}"] = PASSPHRASES[name]
        source = f'passphrase_env = "PASS_{name}"'
    path = folder / f"{name}.toml"
    text = RIG.format(name=name, ssid=json.dumps(ssid_of(name), ensure_ascii=False), source=source)
    path.write_text(text, encoding="utf-8")
    return f"--rig={path}"


@pytest.mark.parametrize("secret", [*PASSPHRASES.values(), ssid_of("short")])
def test_the_look_sees_a_secret_that_is_there(secret):
    for form in (secret, json.dumps(secret), html.escape(secret), quote(secret), repr(secret.encode())):
        look = Look()
        look.at("somewhere", form.encode())
        assert look.found


def test_no_secret_is_in_anything_that_the_run_left_or_showed(leaking):
    look, _ = leaking
    assert look.found == []
    assert look.seen > 100


def test_the_secrets_were_there_to_be_leaked(leaking):
    """The masks show that each case has tried."""
    record = read_record(leaking[1].folder / "run.json")
    for name in PASSPHRASES:
        cases = {one["id"].rpartition("::")[2]: one for one in record["cases"] if one["rig"] == name}
        assert len(cases) == 9
        transcript = "\n".join(cases["test_module_is_told_and_asked"]["transcript"])
        assert transcript.count("<secret>") >= 6, "two that were sent and echoed, the name of the network, and the MAC"
        assert all("<secret>" in one["value"] for one in cases["test_observed_in_every_spelling"]["observations"])
        assert "<secret>" in cases["test_shows_the_beginning_of_a_long_answer"]["message"]
        assert "<secret>" in cases["test_rig_fails"]["message"]
