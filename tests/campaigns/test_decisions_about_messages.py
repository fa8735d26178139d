"""Decisions about a message: from its sending, by people only, and not for whom nothing is seen."""

from datetime import timedelta

import pytest

from contacts.models import Contact
from emails.models import Delivery
from kernel import clock, events, preferences
from kernel.events import Fact
from tests.emails.people import make_email
from tests.emails.returned import came, reply, report, verp
from tests.journey import bring, figures, graph, node, ok, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
OPENED = "emails.opened"
HUMAN, MACHINE = 1, 3


def opened(contact, email, *, ago=timedelta(), verdict=HUMAN):
    at = clock.now() - ago
    events.record(OPENED, [Fact(contact, at, subject=email.pk, verdict=verdict)], now=clock.now())


def way(email, *between, branches=("yes", "no"), key=OPENED, **config):
    """Send, do something in between, then decide; branches give 1, 10, 100 points."""
    names = ["send", *(made["id"] for made in between), "asked"]
    nodes = [
        node("send", "action", "emails.send", email=email.pk),
        *between,
        node("asked", "decision", key, email=email.pk, **config),
        *(points(branch, 10**place) for place, branch in enumerate(branches)),
    ]
    edges = [f"{one}>{two}" for one, two in zip(["start", *names], names, strict=False)]
    return graph(nodes, *edges, *(f"asked:{branch}>{branch}" for branch in branches))


def test_an_opening_between_sending_and_asking_counts(api, shift):
    email, [zoe] = make_email(), people(1)
    campaign = run(api, way(email, node("rest", "wait", **{"for": "1h"}), within="1h"))
    bring(api, campaign, [zoe])
    settle()
    shift(timedelta(minutes=30))
    opened(zoe, email)
    settle()
    shift(timedelta(hours=1))
    settle()
    assert totals([zoe]) == [1]


def test_an_opening_of_another_message_or_before_the_sending_does_not_count(api, shift):
    email, other, [zoe] = make_email(), make_email(name="Other"), people(1)
    opened(zoe, email, ago=timedelta(minutes=5))
    campaign = run(api, way(email, within="1h"))
    bring(api, campaign, [zoe])
    settle()
    opened(zoe, other)
    settle()
    assert figures(api, campaign)["asked"] == {"waiting": 1}
    shift(timedelta(hours=2))
    settle()
    assert totals([zoe]) == [10]


@pytest.mark.parametrize(
    ("key", "more", "branch"),
    [
        ("emails.replied", "", 1),
        ("emails.replied", "Auto-Submitted: auto-replied", 10),
        ("emails.bounced", "bounce", 1),
    ],
)
def test_what_came_back_branches(api, shift, key, more, branch):
    email, [zoe] = make_email(), people(1)
    campaign = run(api, way(email, key=key, within="1h"))
    bring(api, campaign, [zoe])
    settle()
    delivery = Delivery.objects.get(contact_id=zoe)
    address = Contact.objects.get(pk=zoe).email
    answer = reply(delivery, more=more, address=address)
    raw = report(verp(delivery)) if more == "bounce" else answer
    came(raw, now=clock.now())
    shift(timedelta(hours=2))
    settle()
    assert totals([zoe]) == [branch]


def test_what_a_machine_opens_never_counts(api, shift):
    email, [zoe] = make_email(), people(1)
    campaign = run(api, way(email, within="1h"))
    bring(api, campaign, [zoe])
    settle()
    opened(zoe, email, verdict=MACHINE)
    settle()
    shift(timedelta(hours=2))
    settle()
    assert totals([zoe]) == [10]


def refuse(api, contact, state="refused"):
    body = {"purpose": "open_tracking", "state": state, "source": "tests"}
    ok(api.post(f"/api/v1/contacts/{contact}/consents", body), 201)


@pytest.mark.parametrize(
    ("branches", "expected"), [(("yes", "no"), 10), (("yes", "no", "not_measurable"), 100)]
)
def test_who_cannot_be_measured_falls_to_no_unless_drawn(api, shift, branches, expected):
    email, [zoe, max_] = make_email(), people(2)
    refuse(api, zoe)
    campaign = run(api, way(email, branches=branches, within="1h"))
    bring(api, campaign, [zoe, max_])
    settle()
    shift(timedelta(hours=2))
    settle()
    assert totals([zoe, max_]) == [expected, 10]
    assert figures(api, campaign)["asked"] == {"done": 2, "no": 1, "not_measurable": 1}


def test_without_a_limit_the_unmeasurable_go_on_at_once_where_a_path_is_drawn(api):
    email, [zoe, max_] = make_email(), people(2)
    refuse(api, zoe)
    campaign = run(api, way(email, branches=("yes", "no", "not_measurable")))
    bring(api, campaign, [zoe, max_])
    settle()
    assert totals([zoe, max_]) == [100, 0]
    assert figures(api, campaign)["asked"] == {"waiting": 1, "done": 1, "not_measurable": 1}


def test_who_was_never_asked_follows_the_workspace_setting(api, shift):
    email, [zoe, max_] = make_email(), people(2)
    preferences.put("tracking.measure_unasked", False)
    refuse(api, zoe, "granted")
    campaign = run(api, way(email, branches=("yes", "no", "not_measurable"), within="1h"))
    bring(api, campaign, [zoe, max_])
    settle()
    shift(timedelta(hours=2))
    settle()
    assert totals([zoe, max_]) == [10, 100]


def test_what_led_here_travels_with_the_contact(api):
    """The event of the source, then that of the decision, are there for tokens."""
    email, [zoe] = make_email(subject="{{ event.cart }}"), people(1)
    drawing = graph(
        [
            node("first", "action", "emails.send", email=email.pk),
            node("asked", "decision", "carts.left", within="1h"),
            node("then", "action", "emails.send", email=email.pk),
        ],
        "start>first",
        "first>asked",
        "asked:yes>then",
    )
    campaign = run(api, drawing, sources=[{"event": "shop.visited", "where": {"page": "offer"}}])
    for key, page, cart in (
        ("shop.visited", "blog", "none"),
        ("shop.visited", "offer", "one"),
        ("carts.left", "offer", "two"),
    ):
        now = clock.now()
        events.record(key, [Fact(zoe, now, data={"page": page, "cart": cart})], now=now)
        settle()
    sent = ok(api.get("/api/v1/deliveries"))["results"]
    assert len(sent) == 2
    assert figures(api, campaign)["then"] == {"done": 1}
    from emails.models import CapturedMail

    subjects = CapturedMail.objects.order_by("pk").values_list("subject", flat=True)
    assert list(subjects) == ["one", "two"]
