"""SEC-15: what became of an email is counted of the people one may see, on every screen."""

import pytest

from backoffice.columns import NOTHING
from contacts.models import Contact
from emails.models import Delivery, Email
from emails.services import figures
from tests.emails.people import NOW, begin, make_contacts, make_email
from tests.journey import ok
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(dora):
    """Three people got it, two opened it; one of each kind is Dora's, and so is the email."""
    contacts = make_contacts(3)
    run = begin(contacts)
    settle(NOW)
    Email.objects.update(owner=dora)
    Contact.objects.filter(pk__in=[contacts[0].pk, contacts[2].pk]).update(owner=dora)
    opened = Delivery.objects.filter(contact_id__in=[contacts[0].pk, contacts[1].pk])
    opened.update(opened_at=NOW, clicked_at=NOW)
    return run


def told(api, run):
    counts = ok(api.get(f"/api/v1/emails/{run.email_id}/statistics"))
    [listed] = ok(api.get("/api/v1/sends"))["results"]
    one = ok(api.get(f"/api/v1/sends/{run.pk}"))
    assert listed["statistics"] == one["statistics"]
    assert one["statistics"]["sent"] == counts["sent"]
    return counts["selected"], counts["sent"], counts["opened"]


def test_rest_counts_ones_own(api, api_dora, run):
    assert told(api, run) == (3, 3, 2)
    assert told(api_dora, run) == (2, 2, 1)


def test_screens_count_ones_own_and_say_so(client, alice, dora, run):
    email = run.email_id
    words = "Only people among your own contacts are counted and listed."
    for user, sent, opened in ((alice, 3, 2), (dora, 2, 1)):
        client.force_login(user)
        [(row, _cells)] = client.get("/emails").context["rows"]
        assert (row.counts["sent"], row.counts["opened"]) == (sent, opened)
        page = client.get(f"/emails/{email}")
        for shown in (page, client.get(f"/emails/runs/{run.pk}")):
            assert shown.context["done"] == str(sent)
            [(domain, _percent, _state)] = shown.context["domains"]
            assert domain.total == sent
        for tab in ("", "?tab=statistics", "?tab=deliveries"):
            said = words in client.get(f"/emails/{email}{tab}").content.decode()
            assert said == (user == dora), tab
        figures = client.get(f"/emails/{email}?tab=statistics").content.decode()
        assert f"<b>{sent}</b>" in figures
        assert f"<b>{sent + 1}</b>" not in figures
        assert [each.total for each in client.get("/").context["sends"].over] == [sent]


def test_too_many_to_be_counted_while_one_waits_are_a_dash_and_never_nought(
    client, dora, api, api_dora, run, monkeypatch
):
    slow = f"{figures.OWN} CROSS JOIN (SELECT pg_sleep(0.3)) slow"
    monkeypatch.setattr(figures, "OWN", slow)
    monkeypatch.setattr(figures, "PATIENCE_MS", 40)
    client.force_login(dora)
    [(_row, cells)] = client.get("/emails").context["rows"]
    assert {str(value) for column, value in cells if column.key in ("sent", "opened")} == {
        str(NOTHING)
    }
    one = f"/emails/{run.email_id}"
    for page in (one, f"{one}?tab=statistics", f"/emails/runs/{run.pk}"):
        assert "too many mails to be counted" in client.get(page).content.decode(), page
    assert [each.total for each in client.get("/").context["sends"].over] == [None]
    for path in (f"emails/{run.email_id}/statistics", "sends", f"sends/{run.pk}"):
        assert api_dora.get(f"/api/v1/{path}").json()["errors"][0]["code"] == "too_slow"
    assert told(api, run) == (3, 3, 2)


def test_mails_sent_one_by_one_are_narrowed_too(client, dora, api, api_dora):
    email = make_email(owner=dora)
    mine, other = make_contacts(2)
    Contact.objects.filter(pk=mine.pk).update(owner=dora)
    for contact in (mine, other):
        ok(api.post(f"/api/v1/emails/{email.pk}/send", {"contact": str(contact.pk)}), 202)
    settle()
    assert ok(api.get(f"/api/v1/emails/{email.pk}/statistics"))["sent"] == 2
    assert ok(api_dora.get(f"/api/v1/emails/{email.pk}/statistics"))["sent"] == 1
    client.force_login(dora)
    [(row, _cells)] = client.get("/emails").context["rows"]
    assert row.counts["sent"] == 1
    assert client.get(f"/emails/{email.pk}").context["figures"][0].value == "1"
