"""Who owns half a million of a million contacts: figures join the owner, none asks row by row."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from campaigns.models import Campaign
from contacts.models import Contact
from emails.models import Email, Send
from tests.emails.people import NOW, begin, make_contacts
from tests.journey import bring, graph, node, run
from tests.settle import settle

pytestmark = pytest.mark.django_db
LARGE = re.compile(r"\b(FROM|JOIN) (delivery|event|visit|step|step_log)\b")


@pytest.fixture
def hers(api, dora: User) -> Send:
    contacts = make_contacts(3)
    sent = begin(contacts)
    settle(NOW)
    campaign = run(api, graph([node("rest", "wait", **{"for": "1d"})], "start>rest"))
    bring(api, campaign, [contact.pk for contact in contacts])
    settle(NOW)
    Email.objects.update(owner=dora)
    Campaign.objects.update(owner=dora)
    Contact.objects.filter(pk__in=[contacts[0].pk, contacts[2].pk]).update(owner=dora)
    return sent


def plans(statements: list[str]) -> dict[str, str]:
    found = {}
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(f"EXPLAIN {statement}")
            found[statement] = "\n".join(line for (line,) in cursor.fetchall())
    return found


def test_no_screen_asks_each_row_for_its_owner(client: Client, dora: User, hers: Send):
    client.force_login(dora)
    campaign, email = Campaign.objects.get().pk, hers.email_id
    pages = ["/", "/emails", f"/emails/{email}", f"/emails/{email}?tab=statistics", "/campaigns"]
    pages += [f"/api/v1/campaigns/{campaign}/statistics", f"/api/v1/emails/{email}/statistics"]
    for page in pages:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(page).status_code == 200
        statements = [query["sql"] for query in asked.captured_queries]
        narrowed = [sql for sql in statements if "owner_id = " in sql and LARGE.search(sql)]
        assert narrowed, page
        for statement, plan in plans(narrowed).items():
            assert "SubPlan" not in plan, f"{page}\n{statement}\n{plan}"
