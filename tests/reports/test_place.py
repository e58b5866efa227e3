"""Only a record of ours is ever replaced; any other place is refused before the first case, in words."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from reports.record.place import refuse_place
from reports.record.record import RecordError
from reports.record.status import ExitStatus


def test_free_place_is_taken_and_nothing_is_left_there(tmp_path):
    refuse_place(tmp_path / "new" / "run.json")
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", '{\n "schema": "eswifi-conformance/run/1"', '{"schema":"eswifi-conformance/run/3"}']
)
def test_record_of_ours_is_replaced(tmp_path, text):
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    refuse_place(path)


@pytest.mark.parametrize("text", ["{}", "a letter", "\x7fELF"])
def test_file_that_is_no_record_is_kept(tmp_path, text):
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError, match=r"is there, and is no run record.*--run-record"):
        refuse_place(path)
    assert path.read_text(encoding="utf-8") == text


def test_folder_is_refused(tmp_path):
    with pytest.raises(RecordError, match=r"is a folder.*--run-record"):
        refuse_place(tmp_path)


def test_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(RecordError, match="cannot be written"):
        refuse_place(tmp_path / "file" / "run.json")


def test_fifo_is_refused_without_waiting_for_its_writer(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(RecordError, match="no regular file"):
        refuse_place(tmp_path / "fifo")


@pytest.mark.slow
def test_run_with_a_device_as_its_record_is_wrong_usage_and_the_device_stays(project):
    project.add_sample("every_verdict")
    done = project.run("--dut-run-record=/dev/null")
    assert done.returncode == ExitStatus.USAGE, done.stdout + done.stderr
    assert "/dev/null cannot be written: it is no regular file" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a read-only folder")
def test_run_on_a_read_only_file_system_is_wrong_usage(project, tmp_path):
    place = tmp_path / "mounted"
    place.mkdir()
    project.add_sample("every_verdict")
    mounts = (
        f"mount -t tmpfs -o ro none {place} && exec {' '.join(project.command(f'--dut-run-record={place}/run.json'))}"
    )
    done = subprocess.run(
        ["unshare", "-m", "bash", "-c", mounts],
        cwd=project.folder,
        env=project.environment(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"this machine does not let us mount: {done.stderr.strip()}")
    assert done.returncode == ExitStatus.USAGE, done.stdout + done.stderr
    assert "Read-only file system" in done.stderr
