"""One Chromium for all tests of a process: to start one takes longer than most tests.

Playwright marks its thread as running a loop. Django keeps its connections elsewhere while one
runs, and processes forked meanwhile would share those kept before: no loop counts as running but
while a test has the browser.
"""

import asyncio
import contextlib
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Error, sync_playwright

# The one without windows is lighter: the others keep pages of their own beside each context.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


class Shared:
    """Playwright and its Chromium: started when first asked for, and anew once they died."""

    def __init__(self) -> None:
        self._started = contextlib.ExitStack()
        self._browser: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def take(self, program: str) -> Any:
        """Return a browser that answers."""
        asyncio._set_running_loop(self._loop)
        if not self._answers():
            self.end()
            self._start(program)
        return self._browser

    def give_back(self) -> None:
        """Leave nothing of a test to the next one."""
        with contextlib.suppress(Error):
            for context in self._browser.contexts:
                context.close()
        asyncio._set_running_loop(None)

    def end(self) -> None:
        if self._browser:
            asyncio._set_running_loop(self._loop)
            self._browser = self._loop = None
            self._started.close()
        asyncio._set_running_loop(None)

    def _start(self, program: str) -> None:
        playwright = self._started.enter_context(sync_playwright())
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        self._started.callback(_close, launched)
        self._browser, self._loop = launched, asyncio.get_running_loop()

    def _answers(self) -> bool:
        with contextlib.suppress(Error):
            if self._browser:
                self._browser.new_browser_cdp_session().detach()
                return True
        return False


def _close(browser: Any) -> None:
    with contextlib.suppress(Error):
        browser.close()


shared = Shared()


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """Lend the Chromium of this process; what is opened in it closes with the block."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("There is no Chromium here: apt-get install chromium-headless-shell")
    browser = shared.take(found)
    try:
        yield browser
    finally:
        shared.give_back()


@pytest.fixture(autouse=True, scope="session")
def chromium_ends() -> Iterator[None]:
    yield
    shared.end()
