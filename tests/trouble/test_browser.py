"""A browser that fails by itself is no fault of the module."""

import os
import stat

from tests.fixtures.runs import Run

CASE = "suites/http/test_fetch.py::test_browser_loads_a_page_with_style_script_and_images"


def test_browser_that_ends_without_a_page_is_the_peers_error(tmp_path):
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\nexit 0\n")
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    ended = Run(tmp_path, environment={"PATH": path})(CASE)
    (case,) = ended.record["cases"]
    assert (case["verdict"], case["blame"], case["broken"]) == ("error", "peer", [])
    assert "never came to the module, which serves another client" in case["message"]
