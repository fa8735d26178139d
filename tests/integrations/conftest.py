import pytest

from integrations.models import Connection
from kernel import clock
from tests.integrations.crm import MAPPING, SETTINGS, Crm
from tests.journey import ok


@pytest.fixture
def shift(tmp_path, monkeypatch):
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(tmp_path / "clock"))
    return clock.move


@pytest.fixture
def crm(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    there = Crm()
    yield there
    there.close()


@pytest.fixture
def connect(api, crm):
    """Make an active connection to the CRM over REST; return its row."""

    def make(**more):
        settings = {**SETTINGS, "base_url": crm.url, **more.pop("settings", {})}
        body = {
            "name": "CRM",
            "connector": "integrations.rest",
            "settings": {name: value for name, value in settings.items() if value is not None},
            "mapping": MAPPING,
            "active": True,
            **more,
        }
        made = ok(api.post("/api/v1/connections", body), 201)
        return Connection.objects.get(pk=made["id"])

    return make
