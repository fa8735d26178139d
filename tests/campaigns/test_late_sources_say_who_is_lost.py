"""What the canvas and the figures say of a source that is late, by what becomes of who is due."""

from datetime import timedelta

import pytest

from accounts.models import Role
from campaigns.models import SourceClock
from tests.campaigns.by_time import DAY, FIRST, START, date_fields, date_source, inactive, setting
from tests.cast import make_user
from tests.journey import ok, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fields(api, monkeypatch):
    setting(monkeypatch)
    date_fields(api)


@pytest.mark.parametrize(
    ("dated", "days", "said"),
    [
        (False, 20, "Nobody is lost."),
        (True, 6, "Who is due comes in up to seven days late."),
        (True, 8, "Whose day came more than seven days ago does not come in any more."),
    ],
)
def test_what_is_said_holds(api, client, alice, dated, days, said):
    campaign = run(api, FIRST, sources=date_source() if dated else inactive())
    retry = START + timedelta(minutes=20)
    SourceClock.objects.update(through=START - days * DAY, failures=2, retry_at=retry)
    [late] = ok(api.get(f"/api/v1/campaigns/{campaign}/statistics"))["late_sources"]
    assert late["missed"] == (dated and days > 7)
    client.force_login(alice)
    page = client.get(f"/campaigns/{campaign}").content.decode()
    assert said in page
    assert ("An index makes it faster" in page) == dated


def test_who_may_not_see_fields_is_sent_to_nobody(api, client):
    campaign = run(api, FIRST, sources=date_source())
    SourceClock.objects.update(failures=2, retry_at=START + DAY)
    role = Role.objects.create(name="Campaigns alone", rights={"campaigns": {"view": "all"}})
    client.force_login(make_user("Dora", role))
    page = client.get(f"/campaigns/{campaign}").content.decode()
    assert "An index on the field makes it faster." in page
