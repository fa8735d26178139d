"""What counts as activity is a setting: shown, checked, kept, and tried before it is kept."""

import pytest
from django.test import Client

from accounts.models import AuditEntry
from kernel import clock, preferences
from points.services import matrix
from tests.points.crowd import DAY, measured, somebody

pytestmark = pytest.mark.django_db
SCREEN, SETTING = "/settings/activity", "points.activity"


@pytest.fixture
def screen(alice, client: Client) -> Client:
    client.force_login(alice)
    return client


def filled(**changes):
    weights = {cell.key: cell.default for cell in matrix.cells()}
    shown = {"version": preferences.version([SETTING]), "days": 60, "needed": 1, "recency": "none"}
    return {**shown, **weights, **changes}


def test_the_matrix_is_shown_and_kept(screen):
    page = screen.get(SCREEN).content.decode()
    for words in (
        "Broadcasts",
        "Link in an email clicked",
        "Shop",
        "Events of your own",
        "Measure now",
    ):
        assert words in page
    answer = screen.post(SCREEN, filled(days=30, **{"orders.placed@shop": 9}))
    assert answer.status_code == 302
    assert preferences.get(SETTING)["days"] == 30
    assert matrix.settings()["weights"]["orders.placed@shop"] == 9
    entry = AuditEntry.objects.get(kind="preferences")
    assert entry.after["points.activity.days"] == 30


def test_a_page_read_before_somebody_else_saved_reverts_nothing(screen):
    version = screen.get(SCREEN).context["version"]
    assert screen.post(SCREEN, filled(days=30, version=version)).status_code == 302
    answer = screen.post(SCREEN, filled(needed=7, version=version))
    assert answer.status_code == 409
    assert 'value="7"' in answer.content.decode()
    assert "theirs <q>30</q>, yours <q>60</q>" in answer.content.decode()
    assert preferences.get(SETTING)["days"] == 30
    assert screen.post(SCREEN, filled(days=30, version=version)).status_code == 302
    assert screen.post(SCREEN, filled(needed=7)).status_code == 302
    assert preferences.get(SETTING)["needed"] == 7


@pytest.mark.parametrize(
    "changes", [{"days": 0}, {"days": "x"}, {"recency": "never"}, {"orders.placed@shop": 101}]
)
def test_what_cannot_be_taken_is_refused_and_what_was_typed_stays(screen, changes):
    answer = screen.post(SCREEN, filled(needed=4, **changes))
    assert answer.status_code == 422
    assert 'value="4"' in answer.content.decode()
    assert preferences.get(SETTING) == matrix.DEFAULT


def test_at_least_one_activity_must_count(screen):
    nothing = {cell.key: 0 for cell in matrix.cells()}
    answer = screen.post(SCREEN, filled(**nothing))
    assert answer.status_code == 422
    assert "At least one activity must weigh something." in answer.content.decode()


@pytest.mark.parametrize(
    "value",
    [
        7,
        {"day": 1},
        {"days": True},
        {"days": 366},
        {"needed": 0},
        {"recency": None},
        {"weights": {"nothing": 1}},
        {"weights": {"orders.placed@shop": 1.5}},
        {"weights": []},
    ],
)
def test_the_api_refuses_what_is_no_setting(api, value):
    answer = api.patch("/api/v1/preferences", {SETTING: value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == SETTING


def test_what_is_not_given_keeps_its_default(api):
    assert api.patch("/api/v1/preferences", {SETTING: {"days": 7}}).status_code == 200
    assert matrix.settings()["weights"]["emails.clicked@campaign"] == 3
    assert matrix.settings()["needed"] == 1


def test_settings_are_tried_before_they_are_kept(screen):
    for days in (1, 40):
        somebody().does("orders.placed", clock.now() - days * DAY)
    assert "2 people would be active" in screen.post(f"{SCREEN}/preview", filled()).content.decode()
    one = screen.post(f"{SCREEN}/preview", filled(days=30)).content.decode()
    assert "1 person would be active" in one
    wrong = screen.post(f"{SCREEN}/preview", filled(days=0)).content.decode()
    assert "cannot be taken" in wrong
    assert preferences.get(SETTING) == matrix.DEFAULT


def test_the_screen_tells_the_last_run(screen):
    somebody().does("orders.placed", clock.now())
    somebody()
    assert "has been measured yet" in screen.get(SCREEN).content.decode()
    assert screen.post(f"{SCREEN}/run").status_code == 302
    assert "Being measured" in screen.get(SCREEN).content.decode()
    measured()
    page = screen.get(SCREEN).content.decode()
    assert "The next run is on" in page
    assert 'aria-label="Rank 10"' in page
