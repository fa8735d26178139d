"""What a simulation asks, takes from the data, tells of hours and of mails that are held back."""

from datetime import UTC, datetime, timedelta

import pytest

from contacts.models import DoNotContact
from kernel import clock, preferences
from tests.campaigns.simulating import draft, simulate, steps
from tests.emails.people import make_email
from tests.journey import graph, node, people, points

pytestmark = pytest.mark.django_db
FRENCH = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
FRIDAY = datetime(2026, 11, 27, 21, tzinfo=UTC)


def test_answers_decide_what_the_engine_cannot_know(api):
    drawing = graph(
        [
            node("asked", "decision", "shop.visited", within="3d"),
            points("yes"),
            node("rest", "wait", **{"for": "30d"}),
            node("won", "goal", "shop.bought"),
            points("thanks"),
        ],
        *("start>asked", "asked:yes>yes", "asked:no>rest", "won>thanks"),
    )
    campaign = draft(api, drawing)
    start = clock.iso(clock.now())

    def ask(**answers):
        return simulate(api, campaign, start=start, answers=answers)

    assert steps(ask(asked={"way": "yes", "after": "2h"})) == [("asked", "yes"), ("yes", "done")]
    late = ask(asked={"way": "yes", "after": "4d"})
    assert steps(late) == [("asked", "no"), ("rest", "done")]
    began = datetime.fromisoformat(start)
    assert datetime.fromisoformat(late["moments"][0]["at"]) - began >= timedelta(days=3)
    bought = ask(won={"way": "yes", "after": "1h"})
    assert steps(bought) == [("asked", "stopped"), ("won", "yes"), ("thanks", "done")]
    assert bought["ended"] == "done"


def test_conditions_and_splits_follow_the_data_unless_answered(api):
    drawing = graph(
        [
            node("french", "condition", filter=FRENCH),
            node("drawn", "split", weights={"a": 1, "b": 1}),
            *(points("one"), points("two"), points("three")),
        ],
        *("start>french", "french:yes>drawn", "french:no>three", "drawn:a>one", "drawn:b>two"),
    )
    campaign = draft(api, drawing)
    by_data = simulate(api, campaign, person={"country": "DE"})
    assert steps(by_data) == [("french", "no"), ("three", "done")]
    given = {"french": {"way": "yes"}, "drawn": {"way": "b"}}
    answered = simulate(api, campaign, person={"country": "DE"}, answers=given)
    assert [one["step"] for one in answered["moments"]] == ["french", "drawn", "two"]
    assert answered["moments"][0]["to"] == ["drawn"]


def test_the_clock_is_the_one_on_the_wall_of_the_contact(api):
    until = {"weekdays": [1, 2, 3, 4, 5], "from": "09:00", "to": "17:00", "zone": "contact"}
    campaign = draft(api, graph([node("hours", "wait", until=until)], "start>hours"))
    paris = {"person": {"timezone": "Europe/Paris"}, "start": clock.iso(FRIDAY)}
    told = simulate(api, campaign, **paris)
    assert (told["zone"], told["moments"][0]["at"]) == ("Europe/Paris", "2026-11-30T08:00:00.000Z")


def test_what_would_hold_a_mail_back_is_said(api):
    preferences.put("emails.frequency_caps", [{"max": 1, "per": "week"}])
    preferences.put("emails.quiet_hours", {"from": "20:00", "to": "08:00"})
    news, more = make_email(), make_email(name="More")
    drawing = graph(
        [node(f"m{email.pk}", "action", "emails.send", email=email.pk) for email in (news, more)],
        *(f"start>m{news.pk}", f"m{news.pk}>m{more.pk}"),
    )
    campaign = draft(api, drawing)
    zoe, left = people(2)
    DoNotContact.objects.create(
        contact_id=left, channel="email", reason="unsubscribed", at=clock.now()
    )
    night = clock.iso(FRIDAY)
    held = [
        one["hindrance"]
        for one in simulate(api, campaign, contact=str(zoe), start=night)["moments"]
    ]
    assert [one["code"] for one in held] == ["quiet_hours", "frequency_cap"]
    assert held[0]["until"] == "2026-11-28T08:00:00.000Z"
    never = simulate(api, campaign, contact=str(left), start=night)["moments"][0]["hindrance"]
    assert (never["code"], never["words"], never["until"]) == ("unsubscribed", "unsubscribed", None)
