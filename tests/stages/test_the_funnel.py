"""The funnel counts how far people came in a time, forward only, and how long they stayed."""

from datetime import timedelta

import pytest

from accounts.models import User
from contacts.models import Contact, ContactState
from kernel import clock
from kernel.events import Fact, record
from stages.models import Stage
from stages.services.moving import move
from tests.journey import ok

pytestmark = pytest.mark.django_db
FUNNEL = "/api/v1/stages/funnel"


def people(number, owner=None):
    made = [
        Contact.objects.create(email=f"f{place}@example.com", owner=owner)
        for place in range(number)
    ]
    ContactState.objects.bulk_create(ContactState(contact=contact) for contact in made)
    return [contact.pk for contact in made]


@pytest.fixture
def stages():
    # Named against their order, made against it too.
    names = (("Customer", 30), ("Lead", 10), ("Asked", 20))
    made = [Stage.objects.create(name=name, weight=weight) for name, weight in names]
    return sorted(made, key=lambda stage: stage.weight)


def bars(api, **query):
    found = ok(api.get(FUNNEL, query))["bars"]
    return {bar["name"]: bar for bar in found}


def test_who_came_further_has_passed_what_lies_before(api, stages):
    lead, asked, customer = stages
    everybody, now = people(8), clock.now()
    record("pages.viewed", [Fact(contact, now) for contact in everybody[:7]], now=now)
    move(everybody[1:6], lead.pk, lead.name, now)
    move(everybody[2:4], asked.pk, asked.name, now + timedelta(hours=2))
    move([everybody[3]], customer.pk, customer.name, now + timedelta(hours=8))
    # Straight to the last, never having visited.
    move([everybody[7]], customer.pk, customer.name, now)
    until = clock.iso(now + timedelta(days=1))
    found = bars(api, until=until)
    assert list(found) == ["Visitors", "Lead", "Asked", "Customer"]
    assert [bar["people"] for bar in found.values()] == [8, 6, 3, 2]
    assert [bar["rate"] for bar in found.values()] == [None, 6 / 8, 3 / 6, 2 / 3]
    assert found["Lead"]["median_seconds"] == 2 * 3600
    assert found["Asked"]["median_seconds"] == 6 * 3600
    assert found["Customer"]["median_seconds"] is None
    query = {"stage": asked.pk, "until": until}
    behind = ok(api.get(f"{FUNNEL}/contacts", query))["contacts"]
    assert behind == [str(everybody[place]) for place in (2, 3, 7)]
    rest = {**query, "after": behind[0], "limit": 1}
    assert ok(api.get(f"{FUNNEL}/contacts", rest))["contacts"] == behind[1:2]
    assert len(ok(api.get(f"{FUNNEL}/contacts", {"until": until}))["contacts"]) == 8


def test_who_falls_back_came_as_far_as_they_came(api, stages):
    lead, _asked, customer = stages
    [zoe] = people(1)
    now = clock.now()
    move([zoe], customer.pk, customer.name, now)
    move([zoe], lead.pk, lead.name, now + timedelta(minutes=1))
    found = bars(api, until=clock.iso(now + timedelta(hours=1)))
    assert [bar["people"] for bar in found.values()] == [1, 1, 1, 1]


def test_only_what_happened_in_the_time_is_counted(api, stages):
    [zoe] = people(1)
    now = clock.now()
    move([zoe], stages[0].pk, "Lead", now)
    later = {
        "since": clock.iso(now + timedelta(hours=1)),
        "until": clock.iso(now + timedelta(hours=2)),
    }
    assert {bar["people"] for bar in bars(api, **later).values()} == {0}
    assert bars(api, until=clock.iso(now))["Lead"]["people"] == 0


@pytest.mark.parametrize(
    "query", [{"since": "x"}, {"since": "2026-02-02T00:00Z", "until": "2026-02-01T00:00Z"}]
)
def test_a_time_that_is_none_is_refused(api, query):
    assert api.get(FUNNEL, query).status_code == 400


def test_a_stage_that_is_none_is_refused(api):
    assert api.get(f"{FUNNEL}/contacts", {"stage": "9999"}).status_code == 400


def test_the_page_draws_the_bars(api, client, alice: User, stages):
    [zoe] = people(1)
    move([zoe], stages[0].pk, "Lead", clock.now())
    client.force_login(alice)
    page = client.get("/stages/funnel?days=30").content.decode()
    shown = ("Visitors", "Lead", "Asked", "Customer", ">100%", ">0%")
    for words in (*shown, '<rect width="100.00"', '<rect width="0.00"'):
        assert words in page
    behind = client.get(f"/stages/funnel?days=30&stage={stages[0].pk}").content.decode()
    assert "f0@example.com" in behind
    assert client.get("/stages/funnel?days=x&stage=x").status_code == 200


def test_a_time_of_ones_own_has_both_its_days(client, alice: User, stages):
    [zoe] = people(1)
    now = clock.now()
    move([zoe], stages[0].pk, "Lead", now)
    client.force_login(alice)
    today, before = now.date(), now.date() - timedelta(days=1)

    def reached(**query):
        return [row.people for row in client.get("/stages/funnel", query).context["rows"]]

    assert reached(since=today, until=today) == [1, 1, 0, 0]
    assert reached(since=before, until=before) == [0, 0, 0, 0]
    # A link and the form it fills in mean the same.
    page = client.get("/stages/funnel?days=30").context
    assert page["since"] == (today - timedelta(days=29)).isoformat()
    assert reached(since=page["since"], until=page["until"]) == [1, 1, 0, 0]
    behind = client.get("/stages/funnel", {"since": today, "stage": stages[0].pk})
    assert "f0@example.com" in behind.content.decode()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "x"}, "since"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "until"),
        ({"since": "2026-11-02", "until": "yesterday"}, "until"),
        ({"until": "2026-11-01"}, "since"),
        ({"since": "2199-12-30", "until": "2199-12-31"}, "since"),
        ({"since": "9999-12-31"}, "since"),
    ],
)
def test_a_wrong_time_is_refused_at_its_field(client, alice: User, stages, query, field):
    client.force_login(alice)
    page = client.get("/stages/funnel", query)
    assert page.status_code == 400
    assert list(page.context["wrong"]) == [field]
    words = page.content.decode()
    assert f'id="{field}-wrong"' in words
    assert "funnel-bar" not in words
    assert f'value="{query.get("since", "")}"' in words


def test_the_narrowest_place_is_marked(client, alice: User, stages):
    crowd, now = people(4), clock.now()
    move(crowd, stages[0].pk, "Lead", now)
    move(crowd[:1], stages[1].pk, "Asked", now)
    move(crowd[:1], stages[2].pk, "Customer", now)
    client.force_login(alice)
    rows = client.get("/stages/funnel").context["rows"]
    assert [(row.rate, row.lost, row.narrowest) for row in rows] == [
        ("", 0, False),
        ("100%", 0, False),
        ("25%", 3, True),
        ("100%", 0, False),
    ]
