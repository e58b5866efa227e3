"""Gathers what a run tells, as it comes, and makes the record of it at the end."""

from pathlib import Path
from typing import Any

import pytest

from reports.journal import Journal
from reports.model import Case, Problem, Record, Run
from reports.record import build_record, complain_of_case, now
from reports.status import ExitStatus, decide
from suites.catalogue import Catalogue

# What pytest's own exit status means where nothing that we know of explains it. A failure without a verdict, an
# internal error, a number of a plugin's choice: all of them are the harness's, as none of them is a judgement.
_UNEXPLAINED: dict[int, ExitStatus] = {
    pytest.ExitCode.OK: ExitStatus.CONFORMING,
    pytest.ExitCode.INTERRUPTED: ExitStatus.INTERRUPTED,
    pytest.ExitCode.NO_TESTS_COLLECTED: ExitStatus.NOTHING_JUDGED,
}
_WORSE = (ExitStatus.CONFORMING, ExitStatus.NOTHING_JUDGED, ExitStatus.INTERRUPTED, ExitStatus.HARNESS)


class Collector:
    """All that is known of the run so far; ``record`` is there once it is finished."""

    def __init__(self, catalogue: Catalogue, journal: Path) -> None:
        self.journal = Journal(journal)
        self.interrupted = False
        self.record: Record | None = None
        self._catalogue = catalogue
        self._started = now()
        self._run: Run = {}
        self._cases: list[Case] = []
        self._problems: list[Problem] = []
        self._unfinished: list[str] = []
        self._failed_phases: dict[str, list[pytest.TestReport]] = {}

    def add_run(self, run: Run) -> bool:
        """Take what was judged. The first word counts; tells whether this was it."""
        if self._run:
            return False
        self._run = run
        self.journal.add("run", run)
        return True

    def add_problem(self, problem: Problem) -> None:
        """Take a problem of the run, once however many workers report it."""
        if problem not in self._problems:
            self._problems.append(problem)
            self.journal.add("problem", problem)

    def start(self, case: str) -> None:
        """A case with this id begins."""
        self._unfinished.append(case)
        self.journal.add("start", case)

    def add_report(self, report: pytest.TestReport) -> None:
        """Take pytest's report of one phase of a case.

        A case that ends without a verdict has not been judged: where one of its phases failed, the harness did.
        pytest-xdist reports a case during which its worker died with ``???`` for the phase.
        """
        if report.failed:
            self._failed_phases.setdefault(report.nodeid, []).append(report)
        if report.when not in ("setup", "call"):
            self._end_case(report, getattr(report, "conformance", None))

    def _end_case(self, report: pytest.TestReport, told: dict[str, Any] | None) -> None:
        failed = self._failed_phases.pop(report.nodeid, [])
        if told is None:
            self._blame_harness(report.nodeid, failed)
        elif complaint := complain_of_case(told.get("case")):
            self.add_problem(Problem(blame="harness", message=f"{report.nodeid}: a malformed result: {complaint}"))
        else:
            self._add_case(told["case"], failed)
        if report.nodeid in self._unfinished:
            self._unfinished.remove(report.nodeid)

    def _blame_harness(self, case: str, failed: list[pytest.TestReport]) -> None:
        if failed:
            reason = (failed[0].longreprtext.strip().splitlines() or ["no reason given"])[-1]
            self.add_problem(Problem(blame="harness", message=f"{case} failed without a verdict: {reason}"))

    def _add_case(self, case: Case, failed: list[pytest.TestReport]) -> None:
        self._cases.append(case)
        self.journal.add("case", case)
        if case["blame"] not in ("harness", None) and case["message"]:
            for report in failed:
                report.longrepr = message_longrepr(case)

    def finish(self, exitstatus: int) -> Record:
        """Make the record. ``exitstatus`` is pytest's; it counts where we know of nothing that explains it."""
        status = self._decide(exitstatus)
        self.record = build_record(
            self._run,
            self._cases,
            self._catalogue,
            status=status,
            started=self._started,
            finished=now(),
            problems=self._problems,
            unfinished=self._unfinished,
        )
        return self.record

    def _decide(self, exitstatus: int) -> ExitStatus:
        known = [ExitStatus.INTERRUPTED] if self.interrupted else []
        known += [ExitStatus.USAGE] if exitstatus == pytest.ExitCode.USAGE_ERROR else []
        status = decide(self._cases, self._problems, also=known)
        if status in (ExitStatus.CONFORMING, ExitStatus.NOTHING_JUDGED):
            return max(status, _UNEXPLAINED.get(exitstatus, ExitStatus.HARNESS), key=_WORSE.index)
        return status


class _Crash:
    """What pytest's short summary asks of a failure: one line."""

    def __init__(self, message: str) -> None:
        self.message = message


class _MessageRepr:
    """A failure told by its message alone: in a verdict on a module, a Python traceback is noise."""

    def __init__(self, text: str, first_line: str) -> None:
        self.reprcrash = _Crash(first_line)
        self._text = text

    def toterminal(self, writer: Any) -> None:
        """Print it, as pytest's own representations do."""
        writer.line(self._text)

    def __str__(self) -> str:
        return self._text


def message_longrepr(case: Case) -> Any:
    """A ``longrepr`` for pytest that shows what the case has to say, with verdict, blame and requirements."""
    who = f"{case['verdict']}, blame: {case['blame']}; {', '.join(case['broken'] or case['requirements'])}"
    first_line = case["message"].strip().splitlines()[0]
    return _MessageRepr(f"{case['message'].rstrip()}\n({who})", first_line)
