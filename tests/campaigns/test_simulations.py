"""A simulated way is the way the engine goes; nothing of it stays, and nothing is sent."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from campaigns.models import Outcome, StepLog
from contacts.models import Contact, ContactState
from emails.models import CapturedMail, Delivery
from segments.models import Segment
from tests.campaigns.simulating import simulate, steps
from tests.emails.people import make_email
from tests.journey import bring, graph, node, people, points, run
from tests.settle import settle

pytestmark = pytest.mark.django_db
TAGGED = {"all": [{"field": "tags", "op": "has_any", "value": ["seen"]}]}
RICH = {"all": [{"field": "points", "op": "gte", "value": 5}]}


def everything():
    """Count the rows of every table, and read what is kept about contacts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace"
        )
        tables = [row[0] for row in cursor.fetchall()]
        counts = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    people = list(Contact.objects.order_by("pk").values())
    return counts, people, list(ContactState.objects.order_by("pk").values())


LONG = graph(
    [
        points("give", 5),
        node("rich", "condition", filter=RICH),
        node("rest", "wait", **{"for": "2d"}),
        node("drawn", "split", weights={"a": 1, "b": 1}),
        node("tag", "action", "tags.change", add=["seen"]),
        node("seen", "condition", filter=TAGGED),
        node("asked", "decision", "shop.visited", within="3h"),
        node("again", "jump", to="hours"),
        node("hours", "wait", until={"weekdays": ["mon"], "from": "09:00", "to": "17:00"}),
        node("out", "exit"),
    ],
    *("start>give", "give>rich", "rich:yes>rest", "rest>drawn", "drawn:a>tag", "drawn:b>tag"),
    *("tag>seen", "seen:yes>asked", "asked:no>again", "asked:yes>out", "hours>out"),
)


@pytest.mark.parametrize("version", ["published", "draft"])
def test_the_simulated_way_is_the_one_the_engine_goes(api, version):
    [zoe] = people(1)
    campaign = run(api, LONG)
    told = simulate(api, campaign, contact=str(zoe), version=version)
    bring(api, campaign, [zoe])
    for place, moment in enumerate(told["moments"]):
        # It came in a little later, and what follows is as much later.
        settle(datetime.fromisoformat(moment["at"]) + timedelta(seconds=10 + 10 * place))
    went = {(log.node.name, log.outcome): log.at for log in StepLog.objects.select_related("node")}
    assert {step for step, _outcome in went} == {one["step"] for one in told["moments"]}
    names = {int(o): o.name.lower() for o in Outcome}
    said = {(step, "branch" if o >= Outcome.BRANCH else names[o]) for step, o in went}
    assert said == set(steps(told))
    assert (told["ended"], told["moments"][-1]["step"]) == ("exit", "out")
    drawn = next(one for one in told["moments"] if one["step"] == "drawn")
    [outcome] = [outcome for step, outcome in went if step == "drawn"]
    assert drawn["branch"] == "ab"[outcome - Outcome.BRANCH]


def test_nothing_is_written_and_nothing_sent(api):
    email = make_email()
    segment = Segment.objects.create(name="Clients")
    drawing = graph(
        [
            node("mail", "action", "emails.send", email=email.pk),
            node("in", "action", "segments.change", add=[segment.pk]),
            *(points("give", 7), node("tag", "action", "tags.change", add=["brand new"])),
            node("name", "action", "contacts.update", values={"first_name": "Changed"}),
        ],
        *("start>mail", "mail>in", "in>give", "give>tag", "tag>name"),
    )
    campaign = run(api, drawing)
    [zoe] = people(1)
    bring(api, campaign, [zoe])
    settle()
    simulate(api, campaign)
    before = everything()
    told = simulate(api, campaign, contact=str(zoe))
    assert [outcome for _step, outcome in steps(told)] == ["done"] * 5
    assert told["kept_out"]["code"] == "here_before"
    made_up = simulate(api, campaign, person={"email": "new@example.org"}, tags=["brand new"])
    assert made_up["ended"] == "done"
    assert everything() == before
    settle()
    assert everything() == before
    assert CapturedMail.objects.count() == Delivery.objects.count() == 1
