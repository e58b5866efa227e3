"""Gathers the results of a run as they come, and makes the record of it at the end."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from reports.formats.as_junit import properties
from reports.formats.visible import visible_in
from reports.record.editions import whole_case
from reports.record.findings import differences_of
from reports.record.journal import Journal, read_journals, record_of
from reports.record.model import Case, Problem, Record, Run, Unfinished
from reports.record.record import RecordError, build_record, complain_of_case, now, rig_name
from reports.record.states import states_of, undecided
from reports.record.status import ExitStatus, decide
from reports.run.resume import Former
from suites.spec.catalogue import Catalogue

CRASHED = "???"
JOURNAL_WAIT_S = 3.0
"""How long (seconds) a run waits for the former one with the same record to let go of its journal."""

# What pytest's own exit status means where nothing that we know of explains it. A failure without a verdict, an
# internal error, a number of a plugin's choice: all of them are the harness's, as none of them is a judgement.
_UNEXPLAINED: dict[int, ExitStatus] = {
    pytest.ExitCode.OK: ExitStatus.CONFORMING,
    pytest.ExitCode.INTERRUPTED: ExitStatus.INTERRUPTED,
    pytest.ExitCode.NO_TESTS_COLLECTED: ExitStatus.NOTHING_JUDGED,
}
_WORSE = (
    ExitStatus.CONFORMING,
    ExitStatus.INCOMPLETE,
    ExitStatus.NOTHING_JUDGED,
    ExitStatus.INTERRUPTED,
    ExitStatus.HARNESS,
)


class Collector:
    """All that is known of the run so far; ``record`` is there once it is finished.

    ``former`` is the run that is resumed: its finished cases count as if they had been run now. ``require_all``:
    a run that leaves open what binds the module is INCOMPLETE.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        journal: Path,
        *,
        former: Former | None = None,
        results: str = "",
        require_all: bool = False,
    ) -> None:
        entries = former.entries() if former else ()
        self.journal = Journal(journal, wait_s=JOURNAL_WAIT_S, former=entries, results=results)
        self.interrupted = False
        self.record: Record | None = None
        self._catalogue = catalogue
        self._require_all = require_all
        self._former = former
        self._started = former.started if former else now()
        self._runs: dict[str, Run] = {rig_name(one): one for one in former.runs} if former else {}
        self._seen: set[str] = set()
        self._planned: list[str] = list(former.planned) if former else []
        self._cases: list[Case] = list(former.cases) if former else []
        self._problems: list[Problem] = []
        self._open: Counter[str] = Counter()
        self._told: set[tuple[str, str]] = set()
        self._failed_phases: dict[tuple[str, str], list[pytest.TestReport]] = {}

    @property
    def taken_over(self) -> list[Case]:
        """The cases that were finished before this run went on."""
        return self._former.cases if self._former else []

    def add_run(self, run: Run) -> bool:
        """Take what was judged. The first word of each rig counts; returns whether this was the first.

        A run that is resumed keeps the module's data of the former run.
        """
        run = visible_in(run)
        name = rig_name(run)
        if name in self._seen:
            return False
        self._seen.add(name)
        if not self._runs.get(name, Run()).get("module", {}).get("product"):
            self._runs[name] = run
            self.journal.add("run", run)
        return True

    def add_planned(self, cases: list[str]) -> None:
        """Take the ids of all cases that the run is to judge. The first word counts."""
        if not self._planned and cases:
            self._planned = cases
            self.journal.add("planned", cases)

    def replace_planned(self, cases: list[str]) -> None:
        """The run is to judge these cases only."""
        self._planned = cases
        self.journal.add("planned", cases)

    def add_problem(self, problem: Problem) -> None:
        """Take a problem of the run, once however many workers report it."""
        problem = visible_in(problem)
        if problem not in self._problems:
            self._problems.append(problem)
            self.journal.add("problem", problem)

    def start(self, case: str) -> None:
        """A case with this id begins."""
        self._open[case] += 1
        self.journal.add("start", case)

    def add_report(self, report: pytest.TestReport) -> None:
        """Take pytest's report of one phase of a case.

        A case that ends without a verdict has not been judged: where one of its phases failed, the harness did.
        pytest-xdist reports a case during which its worker died with CRASHED for the phase: it stays unfinished.
        """
        if report.failed:
            self._failed_phases.setdefault(_key(report), []).append(report)
        if report.when not in ("setup", "call"):
            self._end_case(report, getattr(report, "conformance", None))

    def _end_case(self, report: pytest.TestReport, result: dict[str, Any] | None) -> None:
        failed = self._failed_phases.pop(_key(report), [])
        if result is None:
            self._blame_harness(report.nodeid, failed)
        elif complaint := complain_of_case(case := whole_case(result.get("case"), rig_name(result["run"]))):
            self.add_problem(Problem(blame="harness", message=f"{report.nodeid}: a malformed result: {complaint}"))
        else:
            self._add_case(case, failed)
        if report.when != CRASHED:
            self._open[report.nodeid] -= 1

    def _blame_harness(self, case: str, failed: list[pytest.TestReport]) -> None:
        if failed:
            reason = (failed[0].longreprtext.strip().splitlines() or ["no reason given"])[-1]
            self.add_problem(Problem(blame="harness", message=f"{case} failed without a verdict: {reason}"))

    def _add_case(self, case: Case, failed: list[pytest.TestReport]) -> None:
        self._cases.append(case)
        self.journal.add("case", case)
        repeated = self._is_repeated(case)
        for report in failed:
            if case["blame"] not in ("harness", None) and case["message"]:
                report.longrepr = message_longrepr(case)
                vars(report)["judged"] = case["verdict"]
            if repeated:
                vars(report)["_pdbshown"] = True  # so pytest knows a failure that was shown already

    def _is_repeated(self, case: Case) -> bool:
        """True for a failure whose differences other cases have shown: a person reads each of them once."""
        keys = {
            (one["requirement"], one["normal"]) for one in (differences_of(case) if case["verdict"] == "fail" else ())
        }
        new = keys - self._told
        self._told |= keys
        return bool(keys) and not new

    def finish(self, exitstatus: int) -> Record:
        """Make the record. ``exitstatus`` is pytest's; it counts where we know of nothing that explains it."""
        status = self._decide(exitstatus)
        self.record = build_record(
            list(self._runs.values()),
            self._cases,
            self._catalogue,
            status=status,
            started=self._started,
            finished=now(),
            problems=self._problems,
            planned=self._planned,
            unfinished=self._unfinished(),
            resumed=self._former.resumed if self._former else (),
        )
        return self.record

    def _unfinished(self) -> list[Unfinished]:
        """The cases that began and did not end. The journals know on which rig, and how far each one came."""
        begun = +self._open
        if not begun and not (self._former and self._former.unfinished):
            return []
        try:
            return read_journals(record_of(self.journal.path)).unfinished
        except RecordError:
            return [Unfinished(id=one, rig="", transcript=[]) for one in begun]

    def _decide(self, exitstatus: int) -> ExitStatus:
        known = [ExitStatus.INTERRUPTED] if self.interrupted else []
        known += [ExitStatus.USAGE] if exitstatus == pytest.ExitCode.USAGE_ERROR else []
        status = decide(self._cases, self._problems, also=known)
        if self.taken_over and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            return status  # everything had been finished before
        if status == ExitStatus.CONFORMING and self._require_all and self._undecided():
            status = ExitStatus.INCOMPLETE
        if status in _WORSE:
            return max(status, _UNEXPLAINED.get(exitstatus, ExitStatus.HARNESS), key=_WORSE.index)
        return status

    def _undecided(self) -> list[str]:
        """What binds the module and was not judged."""
        profile = next(iter(self._runs.values()), Run()).get("profile", {})
        return undecided(states_of(self._cases, self._catalogue, profile), self._catalogue)


def _key(report: pytest.TestReport) -> tuple[str, str]:
    """A case on one rig: under pytest-xdist several workers may be at the same case."""
    gateway = getattr(getattr(report, "node", None), "gateway", None)
    return getattr(gateway, "id", ""), report.nodeid


class _Crash:
    """What pytest's short summary asks of a failure: one line."""

    def __init__(self, message: str) -> None:
        self.message = message


class _MessageRepr:
    """A failure shown by its message alone: in a verdict on a module, a Python traceback is noise."""

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


def properties_of(case: Any) -> list[tuple[str, object]]:
    """The properties of a case in pytest's own ``--junitxml``: those that our JUnit has; none of a malformed case."""
    try:
        return list(properties(whole_case(case, "")))
    except (KeyError, TypeError, AttributeError):
        return []


def reason_of(report: pytest.CollectReport) -> str:
    """Why a file of the suites could not be loaded, in one line."""
    lines = [line for line in report.longreprtext.strip().splitlines() if line.strip()]
    return lines[-1].removeprefix("E").strip() if lines else "no reason given"
