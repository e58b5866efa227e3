"""The installed commands say whose fault a failure is."""

import pytest

from eswifi_conformance import commands
from reports import conformance
from reports.record.status import ExitStatus


def test_failure_of_the_harness_is_not_said_of_the_module(monkeypatch, capsys):
    """Python ends with 1 after an exception, and 1 means that the module is broken. No failure of ours is at hand."""

    def fail(_arguments):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(conformance, "main", fail)
    assert commands.judge() == ExitStatus.HARNESS
    said = capsys.readouterr().err
    assert "the harness failed; this says nothing of the module" in said
    assert "a mistake of ours" in said


def test_command_ends_with_the_status_of_the_run(monkeypatch):
    monkeypatch.setattr("sys.argv", ["eswifi-conformance", "--no-such-option"])
    assert commands.judge() == ExitStatus.USAGE


@pytest.mark.parametrize("arguments", [["render", "nowhere", "--format", "md"], ["compare", "nowhere", "nowhere"]])
def test_report_command_refuses_a_record_that_is_not_there(monkeypatch, capsys, arguments):
    monkeypatch.setattr("sys.argv", ["eswifi-report", *arguments])
    assert commands.report() == ExitStatus.USAGE
    assert "cannot be read" in capsys.readouterr().err
