"""What the tests of SMS share."""

import pytest

from kernel import clock
from tests.sms.provider import Twilio, set_up


@pytest.fixture
def twilio(settings, db):
    server = Twilio()
    set_up(settings, server)
    yield server
    server.close()


@pytest.fixture
def shift(tmp_path, monkeypatch):
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(tmp_path / "clock"))
    return clock.move
