"""SEC-20, PRV-18: a field marked as sensitive does not exist for whom the role denies it."""

import json

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Role, User
from contacts.models import Contact, Field
from contacts.services.erase import everything
from contacts.services.exports import reading
from emails.models import CapturedMail, Email
from kernel import secrecy
from kernel.sources import Chosen
from segments.models import Member
from tests.cast import client_of, make_user
from tests.contacts.imports.sending import post
from tests.contacts.merging import people
from tests.emails.people import NOW, begin
from tests.settle import settle

pytestmark = pytest.mark.django_db
SECRET = "Rhesus-negative"
FILTER = {"field": "blood", "op": "is", "value": SECRET}
ALL = {"*": {"*": "all"}}


@pytest.fixture
def ana(api: APIClient) -> int:
    body = {"label": "Blood", "alias": "blood", "type": "text", "sensitive": True, "listed": True}
    answer = api.post("/api/v1/fields", body, format="json")
    assert answer.status_code == 201, answer.content
    return people({"email": "ana@x.example", "first_name": "Ana", "blood": SECRET})[0]


@pytest.fixture
def dora(ana: int) -> User:
    """Who may do everything with every ordinary thing, and see nothing sensitive."""
    role = Role.objects.create(name="Marketing", rights=ALL | {"fields": {"*": "all"}})
    return make_user("Dora", role)


@pytest.fixture
def hers(dora: User) -> APIClient:
    return client_of(dora)


def blood(contact: int) -> str:
    return Contact.objects.get(pk=contact).attrs["blood"]


def test_sec_20_the_api_neither_shows_nor_finds_nor_takes_it(api: APIClient, hers, ana):
    at = f"/api/v1/contacts/{ana}"
    assert api.get(at).json()["blood"] == SECRET
    for client, status in ((api, 200), (hers, 400)):
        found = client.post("/api/v1/contacts/search", {"filter": FILTER}, format="json")
        assert found.status_code == status
        assert client.get(f"/api/v1/contacts?blood={SECRET}").status_code == status
    assert SECRET not in hers.get(at).content.decode()
    assert "blood" not in hers.get("/api/v1/contacts").json()["results"][0]
    assert hers.patch(at, {"blood": "known"}, format="json").status_code == 400
    # What she does not see she does not lose.
    assert hers.patch(at, {"first_name": "Anna"}, format="json").status_code == 200
    assert blood(ana) == SECRET
    segment = {"name": "Rare", "filter": FILTER}
    assert hers.post("/api/v1/segments", segment, format="json").status_code == 400
    # The engine goes by what others may ask.
    made = api.post("/api/v1/segments", segment, format="json").json()["id"]
    settle()
    assert Member.objects.filter(segment_id=made).count() == 1
    asked = {"filter": FILTER, "contact": str(ana)}
    assert hers.post("/api/v1/segments/explain", asked, format="json").status_code == 400


def test_prv_18_screens_exports_merges_and_hand_outs_leave_it_out(
    client: Client, alice: User, dora: User, ana
):
    pages = (
        "/contacts",
        f"/contacts/{ana}",
        f"/contacts/{ana}/edit",
        f"/contacts?q=blood:{SECRET}",
    )
    client.force_login(alice)
    told = [client.get(page).content.decode() for page in pages]
    assert all(SECRET in page for page in told[:3])
    client.force_login(dora)
    for page in pages[:3]:
        assert SECRET not in client.get(page).content.decode()
    assert "ana@x.example" not in client.get(pages[3]).content.decode()
    for user, shown in ((alice, True), (dora, False)):
        chosen = reading.people(user, Chosen(ids=[ana]))
        assert ("blood" in [column.key for column in chosen.columns]) is shown
        with secrecy.reading_for(user):
            assert (SECRET in str(everything(ana))) is shown


def test_sec_20_a_merge_by_whom_it_is_hidden_from_keeps_it_and_does_not_tell(
    api: APIClient, hers: APIClient, ana
):
    (other,) = people({"email": "b@x.example", "blood": "0+"})
    body = {"winner": str(ana), "losers": [str(other)]}
    answer = hers.post("/api/v1/merges", body, format="json")
    assert answer.status_code < 300, answer.content
    assert blood(ana) == SECRET
    told = hers.get(f"/api/v1/merges?contact={ana}").content.decode()
    assert "0+" not in told
    assert "0+" in api.get(f"/api/v1/merges?contact={ana}").content.decode()
    assert "0+" not in hers.get(f"/api/v1/contacts/{ana}/export").content.decode()


def test_prv_18_mails_take_the_token_from_those_allowed_alone(api: APIClient, hers, dora, ana):
    body = {
        "name": "N",
        "type": "template",
        "subject": "Hi {{ contact.blood }}",
        "html": "<p>Hi</p>",
        "from_address": "a@x.example",
    }
    assert hers.post("/api/v1/emails", body, format="json").status_code == 400
    made = api.post("/api/v1/emails", body, format="json").json()["id"]
    seen = [who.get(f"/api/v1/emails/{made}/preview?contact={ana}") for who in (api, hers)]
    assert [SECRET in one.content.decode() for one in seen] == [True, False]


def test_sec_20_only_who_sees_it_says_that_it_is_no_longer_sensitive(api, hers, ana):
    field = Field.objects.get(alias="blood")
    at = f"/api/v1/fields/{field.pk}"
    refused = hers.patch(at, {"sensitive": False}, format="json")
    assert refused.json()["errors"][0]["field"] == "sensitive"
    assert api.patch(at, {"sensitive": False}, format="json").status_code == 200
    assert hers.get(f"/api/v1/contacts/{ana}").json()["blood"] == SECRET
    wrong = {"label": "Id", "type": "text", "sensitive": True, "unique": True}
    assert api.post("/api/v1/fields", wrong, format="json").status_code == 400
    # The request is over: whoever works for nobody sees all.
    assert not secrecy.hides()


def test_sec_20_captured_mails_that_name_it_are_for_those_allowed(
    client: Client, alice: User, dora: User, ana
):
    sent = begin([Contact.objects.get(pk=ana)], subject="Of {{ contact.blood }}")
    plain = begin([Contact.objects.get(pk=ana)], subject="Plain")
    settle(NOW)
    assert CapturedMail.objects.count() == 2, (sent, plain)
    tests = [("For Alice", alice.email), ("For Dora", dora.email)]
    for subject, to in tests:
        CapturedMail.objects.create(
            delivery_id=0, sender="a@x.example", recipients=to, subject=subject, raw=b""
        )
    client.force_login(alice)
    page = client.get("/mailbox").content.decode()
    assert [words in page for words in (SECRET, "Plain", "For Dora")] == [True] * 3
    client.force_login(dora)
    page = client.get("/mailbox").content.decode()
    assert [words in page for words in (SECRET, "Plain", "For Dora")] == [False, True, True]
    assert "For Alice" not in page
    hidden = CapturedMail.objects.get(subject__contains=SECRET)
    for part in ("", "/body", "/source"):
        assert client.get(f"/mailbox/{hidden.pk}{part}").status_code == 404
    # Nor once the email is deleted, of which nobody knows any more what it named.
    Email.objects.all().delete()
    assert client.get(f"/mailbox/{hidden.pk}").status_code == 404


def test_sec_20_imports_neither_preview_nor_offer_it(api: APIClient, hers: APIClient, ana):
    table = f"email,Blood\nana@x.example,{SECRET}\nbo@x.example,0+\n"
    seen, unseen = (post(who, table, path="/preview").json() for who in (api, hers))
    assert seen["mapping"]["Blood"] == "blood"
    assert "blood" not in unseen["aliases"]
    assert unseen["mapping"] == {"email": "email"}
    chosen = {"mapping": {"Blood": "blood"}}
    assert post(hers, table, **chosen).json()["errors"][0]["code"] == "unknown_field"
    # Empty cells of a draft do not tell of whom something is known.
    draft = post(hers, "email,Blood\nana@x.example,\n", path="/drafts", empty_clears=True)
    assert draft.json()["look"]["cleared"] == {}
    assert Field.objects.get().sensitive
    # Companies have none.
    body = {"label": "Debts", "type": "text", "object": "company", "sensitive": True}
    refused = api.post("/api/v1/fields", body, format="json").json()["errors"][0]
    assert (refused["field"], refused["code"]) == ("sensitive", "not_allowed")


def test_the_timeline_says_that_something_kept_back_changed_and_not_what(
    api, ana: int, dora: User, alice
):
    api.patch(f"/api/v1/contacts/{ana}", {"blood": "known"}, format="json")
    settle()
    pages = {}
    for user in (alice, dora):
        client = Client()
        client.force_login(user)
        pages[user.pk] = client.get(f"/contacts/{ana}").content.decode()
    assert "Changed: Blood" in pages[alice.pk]
    assert "blood" not in pages[dora.pk].lower()
    assert "Changed: a sensitive field" in pages[dora.pk]


ASKED = [
    ("contacts/search", {"filter": FILTER}),
    ("segments/count", {"filter": FILTER}),
    ("segments/parts", {"filter": FILTER}),
    ("segments/sample", {"filter": {"none": [FILTER]}}),
    ("exports", {"filter": FILTER}),
    ("exports", {"everything": True, "columns": ["blood"]}),
    ("point-rules", {"name": "R", "event": "contacts.created", "delta": 1, "filter": FILTER}),
    (
        "point-triggers",
        {
            "name": "T",
            "threshold": 1,
            "actions": [{"key": "contacts.update", "config": {"values": {"blood": "0"}}}],
        },
    ),
    ("actions", {"key": "contacts.update", "config": {"values": {"blood": "0"}}, "contacts": []}),
]


def test_sec_20_nothing_can_be_asked_about_it(
    client: Client, dora: User, hers: APIClient, ana: int
):
    for path, body in ASKED:
        assert hers.post(f"/api/v1/{path}", body, format="json").status_code == 400, path
    (other,) = people({"email": "b@x.example", "blood": "0+"})
    body = {"winner": str(ana), "losers": [str(other)], "values": {"blood": str(other)}}
    assert hers.post("/api/v1/merges", body, format="json").status_code == 400
    for query in (f"blood={SECRET}", "sort=blood", "sort=-blood"):
        assert hers.get(f"/api/v1/contacts?{query}").status_code == 400, query
    assert hers.get("/api/v1/duplicates?by=blood").status_code in {400, 404}
    client.force_login(dora)
    told = []
    for value in (SECRET, "another"):
        asked = {"filter": json.dumps({**FILTER, "value": value})}
        page = client.get("/contacts", asked, headers={"HX-Request": "true", "HX-Target": "list"})
        told.append(page.content.decode().replace(value, ""))
    # It is no question here, whatever the value.
    assert "ana@x.example" in told[0]
    assert "ana@x.example" in told[1]
    assert client.get("/contacts/duplicates?by=blood").status_code == 404
