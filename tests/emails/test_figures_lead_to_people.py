"""Figures of an email lead to the people they count, for who may see people."""

import re
from html import unescape

import pytest
from django.test import Client

from accounts.models import Role, User
from emails.models import Delivery, Email
from kernel import clock
from kernel.events import Fact, record
from tests.cast import make_user
from tests.emails.people import make_contacts, make_email, make_segment
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent() -> Email:
    """An email sent to three people; one opened and clicked."""
    email = make_email(state="published")
    people = make_contacts(3)
    for contact in people:
        Delivery.objects.create(
            email_id=email.pk,
            contact_id=contact.pk,
            cause="api:x",
            state=3,
            due_at=clock.now(),
            opened_at=clock.now() if contact is people[0] else None,
        )
    record("emails.opened", [Fact(people[0].pk, clock.now(), email.pk)], now=clock.now())
    settle()
    return email


def behind(page: str) -> list[str]:
    return [unescape(url) for url in re.findall(r'<a href="([^"]+)" class="figure">', page)]


@pytest.mark.parametrize("tab", ["", "?tab=statistics"])
def test_each_figure_of_an_email_is_the_list_of_whom_it_counts(
    client: Client, alice: User, sent: Email, tab: str
):
    client.force_login(alice)
    urls = behind(client.get(f"/emails/{sent.pk}{tab}").content.decode())
    assert [client.get(url).context["total"] for url in urls] == [3, 1]


def test_sent_in_the_list_leads_to_the_ledger(client: Client, alice: User, sent: Email):
    client.force_login(alice)
    page = client.get("/emails").content.decode()
    url = re.search(rf'"(/emails/{sent.pk}\?tab=deliveries[^"]*)"', page)
    assert url
    rows = client.get(unescape(url[1])).context["rows"]
    assert len(rows) == 3


def test_members_are_linked_where_all_segments_may_be_seen(client: Client, alice: User):
    email = make_email(type="segment", segments=[make_segment(make_contacts(2))])
    client.force_login(alice)
    [url] = behind(client.get(f"/emails/{email.pk}/audience").content.decode())
    assert client.get(url).context["total"] == 2


def test_who_sees_no_people_sees_figures_alone(client: Client, sent: Email):
    rights = {"emails": {"view": "all"}}
    client.force_login(make_user("Fig", Role.objects.create(name="Figures", rights=rights)))
    page = client.get(f"/emails/{sent.pk}").content.decode()
    assert behind(page) == []
    assert 'class="figure"' in page
