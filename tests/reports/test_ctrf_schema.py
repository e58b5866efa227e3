"""What we write as CTRF fits the schema that CTRF publishes, in its npm package."""

import json
import os
import shutil
import subprocess
import tarfile

import jsonschema
import pytest

from reports.formats.registry import load_format
from reports.formats.view import View
from tests.reports.sample_runs import RUNS

PACKAGE = "ctrf@0.3.0"
SCHEMA = "package/dist/ctrf-schema-0.0.json"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("there is no npm on this machine, which brings the schema")
    folder = tmp_path_factory.mktemp("ctrf")
    command = [npm, "pack", PACKAGE, "--fetch-retries=0", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        done = None
    found = list(folder.glob("*.tgz"))
    if not found and not os.environ.get("CI"):
        pytest.skip(f"npm cannot bring {PACKAGE}: {done.stderr[-200:] if done else 'too late'}")
    with tarfile.open(found[0]) as archive:
        return json.load(archive.extractfile(SCHEMA))


@pytest.mark.parametrize("run", RUNS)
def test_document_fits_the_published_schema(schema, run):
    document = json.loads(load_format("ctrf").render(View(RUNS[run]())))
    kind = jsonschema.validators.validator_for(schema)
    assert [f"{error.json_path}: {error.message}" for error in kind(schema).iter_errors(document)] == []
