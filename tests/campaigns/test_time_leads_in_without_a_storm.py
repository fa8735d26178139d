"""What must not let a crowd in: a standstill, an edited source, a source that is slow."""

from datetime import timedelta

import pytest
from django.db import connection

from campaigns.models import SourceClock, SourceDue
from campaigns.services import gathering, inactivity, timing
from campaigns.services.anniversaries import Question
from contacts.models import Contact, ContactState
from kernel import clock
from tests.campaigns.by_time import DAY, FIRST, START, inactive, one_chunk, setting, visits
from tests.journey import ok, people, run

pytestmark = pytest.mark.django_db
POISON = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'poison'; END $$;
CREATE TRIGGER poison BEFORE INSERT ON visit FOR EACH ROW EXECUTE FUNCTION poison()"""


@pytest.fixture(autouse=True)
def now(monkeypatch):
    return setting(monkeypatch)


def somebody(active, number=1):
    """Make contacts that were active last so many days before the start."""
    contacts = people(number)
    Contact.objects.filter(pk__in=contacts).update(created_at=START - 400 * DAY)
    last = START - active * DAY
    ContactState.objects.filter(pk__in=contacts).update(last_active_at=last)
    return contacts


def test_a_source_that_is_slow_stops_no_other(api, now, monkeypatch):
    [zoe], asked = somebody(90), inactivity.question

    def slow(source, since, until, **how):
        if source["inactive"]["days"] == 31:
            return Question("SELECT id contact_id, 0 spell FROM contact, pg_sleep(9)", [])
        return asked(source, since, until, **how)

    monkeypatch.setattr(inactivity, "question", slow)
    monkeypatch.setattr(gathering, "LIMIT", timedelta(milliseconds=50))
    stuck = run(api, FIRST, sources=inactive(31))
    run(api, FIRST, sources=inactive(30))
    now(0.1)
    assert visits(zoe) == [1]
    assert SourceClock.objects.get(campaign=stuck).through == inactivity.EVER
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] != "50ms"


def test_a_source_that_is_slow_rests_longer_each_time_and_says_so(
    api, now, monkeypatch, client, alice
):
    [zoe], asked, question = somebody(90), list[float](), inactivity.question

    def slow(source, since, until, **how):
        asked.append((clock.now() - START) / timedelta(minutes=1))
        return Question("SELECT id contact_id, 0 spell FROM contact, pg_sleep(9)", [])

    monkeypatch.setattr(inactivity, "question", slow)
    monkeypatch.setattr(gathering, "LIMIT", timedelta(milliseconds=50))
    path = f"/api/v1/campaigns/{(campaign := run(api, FIRST, sources=inactive()))}"
    for minute in range(1, 40):
        now(minute / 1_440)
    assert [round(minute) for minute in asked] == [1, 2, 7, 27]
    [late] = ok(api.get(f"{path}/statistics"))["late_sources"]
    assert (late["said"], late["failures"]) == ("Inactive for 30 days", 4)
    client.force_login(alice)
    page = client.get(f"/campaigns/{campaign}").content.decode()
    assert "Inactive for 30 days: nobody has come in yet" in page
    assert "Tried 4 times" in page
    monkeypatch.setattr(inactivity, "question", question)
    now(86 / 1_440)
    assert visits(zoe) == [0]
    now(88 / 1_440)
    assert visits(zoe) == [1]
    assert ok(api.get(f"{path}/statistics"))["late_sources"] == []
    assert "nobody has come in" not in client.get(f"/campaigns/{campaign}").content.decode()


def test_campaigns_take_turns_and_a_pass_asks_once(api, now, monkeypatch):
    crowd, asked = somebody(90, 6), list[int]()
    one, two = (int(run(api, FIRST, sources=inactive(days))) for days in (30, 31))
    monkeypatch.setattr(timing, "CHUNK", 2)
    follow, question = timing.follow, inactivity.question

    def noting(campaign, *rest):
        asked.append(campaign)
        return follow(campaign, *rest)

    wide = list[bool]()

    def counting(*args, narrow=True):
        wide.append(narrow)
        return question(*args, narrow=narrow)

    monkeypatch.setattr(timing, "follow", noting)
    monkeypatch.setattr(inactivity, "question", counting)
    now(0.1)
    assert asked[:4] == [one, two, one, two]
    assert wide.count(True) == 2
    assert visits(*crowd) == [2] * 6
    assert not SourceDue.objects.exists()


def test_whom_a_fault_keeps_out_after_the_question_comes_in_the_next_minute(api, now):
    [zoe] = somebody(90)
    campaign = run(api, FIRST, sources=inactive())
    with connection.cursor() as cursor:
        cursor.execute(POISON)
        now(0.1)
        assert (visits(zoe), SourceClock.objects.get(campaign=campaign).failures) == ([0], 0)
        cursor.execute("DROP FUNCTION poison CASCADE")
    now(0.1 + 1 / 1_440)
    assert visits(zoe) == [1]


def test_after_weeks_a_pass_goes_no_further_than_a_day(api, now):
    crowd = [somebody(29.5 - day)[0] for day in range(4)]
    campaign = run(api, FIRST, sources=inactive())
    now(0.1)
    now(9, follow=False)
    assert one_chunk(campaign)
    assert visits(*crowd) == [1, 0, 0, 0]
    now(9.001)
    assert visits(*crowd) == [1] * 4


def test_who_was_found_and_is_active_before_their_turn_stays_out(api, now, monkeypatch):
    crowd = somebody(90, 4)
    campaign = run(api, FIRST, sources=inactive())
    monkeypatch.setattr(timing, "CHUNK", 2)
    assert one_chunk(campaign)
    ContactState.objects.filter(pk=crowd[3]).update(last_active_at=START)
    now(0.001)
    assert visits(*crowd) == [1, 1, 1, 0]


def test_a_first_look_that_was_stopped_half_way_lets_nobody_in_of_the_pause(api, now, monkeypatch):
    old, later = somebody(90, 4), somebody(20, 3)
    path = f"/api/v1/campaigns/{(campaign := run(api, FIRST, sources=inactive()))}"
    monkeypatch.setattr(timing, "CHUNK", 2)
    assert one_chunk(campaign)
    ok(api.post(f"{path}/unpublish"))
    now(30)
    assert visits(*old, *later) == [1, 1, 0, 0, 0, 0, 0]
    ok(api.post(f"{path}/publish"))
    now(31)
    now(32)
    assert visits(*old, *later) == [1, 1, 1, 1, 0, 0, 0]


@pytest.mark.parametrize("catch_up", [False, True])
def test_after_its_end_a_campaign_stood_still(api, now, catch_up):
    [zoe] = somebody(20)
    end = clock.iso(START + 5 * DAY)
    path = f"/api/v1/campaigns/{run(api, FIRST, sources=inactive(), end_at=end)}"
    now(1)
    now(60)
    ok(api.patch(path, {"end_at": clock.iso(START + 90 * DAY)}))
    told = ok(api.get(f"{path}/outlook?catch_up={str(catch_up).lower()}"))
    ok(api.post(f"{path}/publish", {"catch_up": catch_up}))
    now(61)
    assert (told["enters"], visits(zoe)) == (int(catch_up), [int(catch_up)])
