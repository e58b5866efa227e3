"""Where a run is steered: the cases are gathered, journal and record are written, the exit status is decided.

Under pytest-xdist this is the controller; :mod:`reports.run.worker` is its counterpart in each worker.
"""

import json
import os
import traceback
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from reports.formats.allure import results as allure_results
from reports.formats.allure.whole import add_cases, add_cut_off, keep_only
from reports.formats.allure.writer import catalogue_of
from reports.formats.matrix import matrix_path, write_matrix
from reports.formats.visible import visible
from reports.places import out_folder
from reports.record.journal import JournalBusyError, journal_path, remove, remove_all, worker_journals
from reports.record.model import Problem, Run
from reports.record.place import NAME_ANOTHER, refuse_place
from reports.record.record import RecordError, rig_name, write_atomically, write_record
from reports.record.status import ExitStatus
from reports.run.collector import Collector, properties_of, reason_of
from reports.run.history import Aside, keep_record
from reports.run.interrupt import OneInterrupt, drop_unplaced
from reports.run.job import Job
from reports.run.resume import Former, Rest, load_former, refuse_rigs, rest_of
from reports.run.showing import show_as_failures, show_end
from reports.run.streams import complain, failure_of_output
from reports.run.worker import stop_where_failed
from suites.spec.catalogue import Catalogue

HANDOFF = "CONFORMANCE_HANDOFF"
"""The environment variable with the path of the file in which a run says where its results are."""


class Reports:
    """Where the run is steered: gathers the cases, writes journal and record, decides the exit status."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._is_kept = config.option.dut_run_record is None
        self._record_path = self._place(config.option.dut_run_record, "run.json")
        config.option.dut_run_record = str(self._record_path)  # the fixtures write beside it
        self._results = self._allure_folder()
        self._collector: Collector | None = None
        self._former: Former | None = None
        self._benches: list[Run] = []
        self._runs: list[Run] = []
        self._session: pytest.Session | None = None
        self._interrupt = OneInterrupt()
        self._aside = Aside(self._record_path)
        self._job = Job(config.option.dut_expect, config.invocation_params.dir)
        self._shown = False
        self._former_stays = False

    def _place(self, given: str | None, name: str) -> Path:
        """A path of the user's, from where pytest was called, or the default."""
        here = self._config.invocation_params.dir
        return here / given if given else out_folder(self._config.rootpath, here) / name

    def _allure_folder(self) -> Path | None:
        """Give allure-pytest its folder. Only our own is emptied: what the user named is the user's."""
        option = self._config.option
        if not hasattr(option, "allure_report_dir"):
            return None
        self._folder_is_ours = option.allure_report_dir is None
        folder = self._place(option.allure_report_dir, "allure-results")
        option.allure_report_dir = str(folder)
        return folder

    # -- the run ---------------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Clear away what a former run left, so that nobody takes it for this one's, and open the journal.

        The cases of a run that is resumed are written into the new journal before its old files are removed.
        """
        catalogue = catalogue_of(self._config)
        self._session = session
        self._benches = getattr(self._config.hook, "pytest_conformance_benches", _nothing)(config=self._config) or []
        self._former = self._load_former()
        self._collector = self._open_journal(catalogue)
        self._set_former_aside()
        for path in worker_journals(self._record_path):
            remove(path)
        if self._results:
            self._prepare_results(self._results, catalogue)
        if self._former and not self._distributed:
            rest = Rest(self._config, rest_of(self._former, self._rig_of(0)))
            self._config.pluginmanager.register(rest, "conformance-rest")
        self._interrupt.install()
        self._hand_over()

    def _set_former_aside(self) -> None:
        """Nobody must take the former run's files for this one's; our own folder of results begins empty."""
        ours = [self._results] if self._results and self._folder_is_ours and not self._former else []
        self._aside.take(ours)
        for folder in ours:
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def _distributed(self) -> bool:
        return bool(getattr(self._config.option, "numprocesses", None))

    def _load_former(self) -> Former | None:
        given = self._config.option.dut_resume
        if not given:
            return None
        try:
            former = load_former(self._config.invocation_params.dir / given)
            refuse_rigs(former, self._benches)
        except RecordError as problem:
            raise pytest.UsageError(str(problem)) from problem
        return former

    def _open_journal(self, catalogue: Catalogue) -> Collector:
        try:
            refuse_place(self._record_path)
            path = journal_path(self._record_path)
            return Collector(
                catalogue,
                path,
                former=self._former,
                results=str(self._results or ""),
                require_all=self._config.option.dut_require == "all",
            )
        except JournalBusyError as problem:
            raise pytest.UsageError(f"{problem}; {NAME_ANOTHER}") from problem
        except RecordError as problem:
            raise pytest.UsageError(str(problem)) from problem
        except OSError as problem:
            text = f"the record {self._record_path} cannot be written: {problem.strerror}; {NAME_ANOTHER}"
            raise pytest.UsageError(text) from problem

    def _prepare_results(self, folder: Path, catalogue: Catalogue) -> None:
        if self._former:
            several = len(self._benches) > 1
            keep_only(folder, self._former.cases, self._former.planned, several=several)
            add_cases(folder, self._former.cases, catalogue, several=several)
        allure_results.write_categories(folder)

    def _rig_of(self, index: int | None) -> str | None:
        """The rig that runs all cases by itself; None where the rigs share them, or nobody knows."""
        shared = getattr(self._config.option, "dist_rigs", "each") == "share" and len(self._benches) > 1
        if shared or index is None or not self._benches:
            return None
        return rig_name(self._benches[min(index, len(self._benches) - 1)])

    def _hand_over(self) -> None:
        place = os.environ.pop(HANDOFF, None)
        if place:
            handoff: dict[str, Any] = {"record": str(self._record_path)}
            handoff["results"] = self._results and str(self._results)
            handoff["expect"] = str(self._job.path) if self._job.path else None
            handoff["taken"] = getattr(self._config.hook, "pytest_conformance_taken", _nothing)() or []
            write_atomically(Path(place), json.dumps(handoff))

    @pytest.hookimpl(optionalhook=True)
    def pytest_conformance_run(self, run: Run) -> None:
        """The module has said what it is."""
        self._take_run(run)

    @pytest.hookimpl(optionalhook=True)
    def pytest_conformance_problem(self, problem: Problem) -> None:
        """Something is wrong that is no case's fault."""
        self._gather().add_problem(problem)

    @pytest.hookimpl(optionalhook=True, trylast=True)
    def pytest_configure_node(self, node: Any) -> None:
        """A worker of pytest-xdist starts. It reads the command line by itself, so it is given our default."""
        node.workerinput["conformance_allure"] = str(self._results) if self._results else ""
        node.workerinput["conformance_record"] = str(self._record_path)
        node.workerinput["conformance_several"] = len(self._benches) > 1
        if self._former:
            rig = self._rig_of(node.workerinput.get("conformance_rig", 0))
            node.workerinput["conformance_rest"] = rest_of(self._former, rig)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """A worker of pytest-xdist knows its cases."""
        self._gather().add_planned(list(ids))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """The cases are known."""
        self._gather().add_planned([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_conformance_planned(self, cases: list[str]) -> None:
        """The module is known, and cases were left out for it."""
        self._gather().replace_planned(cases)

    @pytest.hookimpl(optionalhook=True)
    def pytest_conformance_sink(self) -> Callable[[list[str]], None]:
        """Where the transcript's lines go when they happen."""
        return self._gather().journal.add_lines

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """A worker of pytest-xdist has ended: take over what its hooks were given."""
        output = getattr(node, "workeroutput", {}).get("conformance", {"run": {}, "problems": []})
        self._take_run(output["run"])
        for problem in output["problems"]:
            self._gather().add_problem(problem)
        if error and error != "keyboard-interrupt":
            self._gather().add_problem(Problem(blame="harness", message=f"worker {node.gateway.id}: {error}"))

    def _take_run(self, run: Run) -> None:
        if run and self._gather().add_run(run):
            self._runs.append(run)
            if self._results:
                allure_results.write_environment(self._results, self._runs)

    def _gather(self) -> Collector:
        """The collector. Before the session starts there is none, and pytest is about to end with a usage error."""
        if self._collector is None:
            raise pytest.UsageError("a problem was reported before the session started")
        return self._collector

    # -- the cases -------------------------------------------------------------------------------------------------

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A case begins."""
        self._gather().start(nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A phase of a case is over; with the teardown's report comes the verdict."""
        result = getattr(report, "conformance", None)
        if result:
            self._take_run(result["run"])
            report.user_properties += properties_of(result["case"])
        self._gather().add_report(report)
        if result:
            stop_where_failed(self._config, self._session, self._gather().journal)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file of the suites that cannot be loaded is the harness's failure."""
        if report.failed:
            text = f"{report.nodeid or 'the suites'} cannot be loaded: {reason_of(report)}"
            self._gather().add_problem(Problem(blame="harness", message=text))

    def pytest_internalerror(self, excrepr: object) -> None:
        """Pytest or a plugin has failed."""
        if self._collector:
            lines = str(excrepr).strip().splitlines()
            message = f"internal error: {lines[-1] if lines else excrepr}"
            self._collector.add_problem(Problem(blame="harness", message=message))

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Somebody has ended the run. Pytest's own reasons to stop come here too, as other types."""
        drop_unplaced(excinfo.tb)
        if self._collector and excinfo.type is KeyboardInterrupt:
            self._collector.interrupted = True

    # -- the end ---------------------------------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Decide the exit status and write the record; the journal goes when the record lies."""
        if self._collector is None:
            return
        try:
            self._end(session, int(exitstatus))
        except Exception:  # pytest would end with its own 1, which is said of a module only
            session.exitstatus = ExitStatus.HARNESS
            self._collector.journal.close()
            complain(f"the record was not made; the journal is {self._collector.journal.path}")
            complain(traceback.format_exc())

    def _end(self, session: pytest.Session, exitstatus: int) -> None:
        assert self._collector
        record = self._collector.finish(exitstatus)
        session.exitstatus = self._job.status(record)
        if terminal := self._config.pluginmanager.get_plugin("terminalreporter"):
            show_as_failures(terminal)
        if record["status"]["code"] == ExitStatus.NOTHING_JUDGED and self._aside.has_record:
            self._aside.put_back()
            self._former_stays = True
            self._collector.journal.discard()
            remove_all(self._record_path)
            return
        try:
            write_record(record, self._record_path)
            self._aside.drop()
            if self._is_kept:
                keep_record(self._record_path, record["started"])
            if self._results:
                allure_results.write_end(self._results, record, self._job.expected_cases(record))
                add_cut_off(self._results, record["unfinished"], several=len(record["rigs"]) > 1)
            if len(record["rigs"]) > 1:
                write_matrix(record, matrix_path(self._record_path), catalogue_of(self._config))
        except OSError as problem:
            session.exitstatus = session.exitstatus or ExitStatus.HARNESS
            self._write(f"the run record cannot be written: {problem}; the journal is {self._collector.journal.path}")
            self._collector.journal.close()
        else:
            self._collector.journal.discard()
            remove_all(self._record_path)
        if exitstatus == pytest.ExitCode.INTERNAL_ERROR:
            self._show()  # pytest shows no summary then

    def pytest_unconfigure(self) -> None:
        """Where the session never got to its end the journal stays, whole."""
        self._interrupt.remove()
        if self._collector:
            self._collector.journal.close()
        failed = failure_of_output(self._config.pluginmanager.get_plugin("terminalreporter"))
        if failed and self._collector:  # nobody misses the rest of a --help that was led to "head"
            complain(f"standard output failed ({failed}); the run went on, its record is {self._record_path}")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self) -> Generator[None]:
        """Ours stands below pytest's own sections: the last thing on the screen is what a person wants first."""
        yield
        self._show()

    def _show(self) -> None:
        record = self._collector.record if self._collector else None
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if record is None or terminal is None or self._shown:
            return
        self._shown = True
        matrix = matrix_path(self._record_path) if len(record["rigs"]) > 1 else None
        places = {"record": self._record_path, "matrix": matrix, "results": self._results}
        shown = {name: self._shorten(path) for name, path in places.items() if path}
        stays = ["nothing was judged: the reports of the run before stay as they are"] if self._former_stays else []
        show_end(terminal, record, shown, [*stays, *self._job.lines()])

    def _write(self, text: str) -> None:
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if terminal:
            terminal.write_line(visible(text), red=True)

    def _shorten(self, path: Path) -> str:
        here = self._config.invocation_params.dir
        return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _nothing(**_: object) -> None:
    """What a hook says that nobody has declared."""
