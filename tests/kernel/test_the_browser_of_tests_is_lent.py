"""The Chromium that tests share: nothing of one stays for the next; one that dies is replaced."""

import asyncio
import os
import signal

import pytest
from django.db import connections

from tests.chromium import chromium

pytestmark = pytest.mark.django_db


def test_nothing_of_one_test_stays_for_the_next():
    before = connections["default"]
    with chromium() as browser:
        browser.new_context().new_page()
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
    assert connections["default"] is before
    with chromium() as again:
        assert again is browser
        assert again.contexts == []


def test_one_that_died_is_started_anew():
    with chromium() as browser:
        told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    [pid] = [one["id"] for one in told["processInfo"] if one["type"] == "browser"]
    os.kill(pid, signal.SIGKILL)
    with chromium() as fresh:
        page = fresh.new_page()
        page.set_content("<p>Here again</p>")
        assert page.inner_text("p") == "Here again"
