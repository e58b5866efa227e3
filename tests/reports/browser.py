"""A real Chromium for the tests of the pages: opened from a file, without a network, and every complaint is noted."""

import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reports.formats.as_pdf import find_browser

READY = "html[data-ready=yes]"


def lacking() -> str:
    """Why there can be no browser here; "" where there can."""
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed (requirements/tests.txt)"
    return "" if find_browser() else "no Chromium here; install the package chromium, or name one by CHROMIUM"


@dataclass
class Opened:
    """A page that was opened, with what it said on its console and what it asked for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def complaints(self) -> list[str]:
        return [*self.said, *self.asked]


class Browser:
    """Opens pages in a Chromium."""

    def __init__(self, chromium: Any) -> None:
        self._chromium = chromium
        self._contexts: list[Any] = []
        self.opened: list[Opened] = []

    def open(self, path: Path, at: str = "", *, width: int = 1200, height: int = 900, dark: bool = False) -> Any:
        context = self._chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_offline(True)
        context.set_default_timeout(60_000)
        self._contexts.append(context)
        opened = Opened(context.new_page())
        self.opened.append(opened)
        opened.page.on("console", lambda one: opened.said.append(f"{one.type}: {one.text}"))
        opened.page.on("pageerror", lambda one: opened.said.append(str(one)))
        opened.page.on("dialog", lambda one: (opened.said.append(f"dialog: {one.message}"), one.dismiss()))
        own = path.resolve().as_uri()
        opened.page.on("request", lambda one: _note(opened.asked, one.url, own))
        opened.page.goto(own + at)
        if "report" in path.name:
            opened.page.wait_for_selector(READY)
        return opened.page

    def close(self) -> None:
        for one in self._contexts:
            one.close()
        self._contexts.clear()


def _note(asked: list[str], url: str, own: str) -> None:
    if url.partition("#")[0] != own and not url.startswith(("data:", "blob:")):
        asked.append(url)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    reason = lacking()
    if reason and os.environ.get("CI"):
        pytest.fail(f"continuous integration tests the pages in a browser: {reason}")
    if reason:
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        launched = driver.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        yield launched
        launched.close()


@pytest.fixture
def browser(chromium: Any) -> Iterator[Browser]:
    """Opens pages; at the end none of them has complained, and none has asked for anything."""
    one = Browser(chromium)
    yield one
    complaints = [text for opened in one.opened for text in opened.complaints()]
    one.close()
    assert complaints == []
