"""PRV-07: whatever way a person came and was met, after erasure only a keyed hash is found."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from contacts.models import Contact, Erasure, Suppression
from contacts.services.exports.clean import clean
from contacts.services.suppression import digest
from kernel import clock, invariants
from tests.contacts.exports.asking import ask
from tests.contacts.imports.sending import take
from tests.contacts.merging import rows
from tests.emails.people import begin
from tests.privacy.traces import found
from tests.settle import settle
from tests.tracking.site import Visit, arrive
from tracking.visits import identity

pytestmark = pytest.mark.django_db
EMAIL, ELDER = "quetzalina@zanzibar.example", "formerly@zanzibar.example"
FILE = (
    "Email,First name,Last name,Mobile,Country\n"
    f"{EMAIL},Quetzalina,Zanzibari,+33612345678,FR\n"
    # Rows that are refused name her, too: by her address, her number, her name.
    f"{EMAIL},,,,Nowhereland\n"
    ",Zelda,,06 12 34 56 78,Nowhereland\n"
    "not an address,Quetzalina,Zanzibari,,\n"
    "other@example.com,Olga,Other,,Nowhereland\n"
)
ORDER = {"order": "order-4711", "amount": "12.50", "currency": "EUR"}
WORDS = (EMAIL, ELDER, "quetzalina", "zanzibar", "612345678", "whispered", "order-4711")
TOTALS = """
SELECT (SELECT count(*) FROM event), (SELECT count(DISTINCT contact_id) FROM event),
  (SELECT count(*) FROM delivery WHERE state = 3), (SELECT count(*) FROM step_log)"""


class World:
    """One person, met in every way there is."""

    def __init__(self, api: APIClient, client: Client) -> None:
        self.api, self.client = api, client
        api.patch("/api/v1/preferences", {"contacts.phone_region": "FR"}, format="json")
        take(api, FILE, mode="upsert")
        self.id = Contact.objects.get(email_key=EMAIL).pk
        self.merged()
        self.mailed()
        self.browser = Visit()
        self.browsing()
        self.written_about()
        self.on_screen()
        settle()

    def post(self, path: str, **body: Any) -> Any:
        answer = self.api.post(f"/api/v1/{path}", body, format="json")
        assert answer.status_code < 300, (path, answer.content)
        return answer

    def merged(self) -> None:
        elder = self.post("contacts", email=ELDER, first_name="Quetzalina", phone="0612345678")
        body = {"winner": str(self.id), "losers": [elder.json()["id"]]}
        self.api.post("/api/v1/merges", body, format="json", headers={"Idempotency-Key": "m1"})
        key = {"Idempotency-Key": "k1"}
        at = f"/api/v1/contacts/{self.id}/consents"
        said = {"purpose": "profiling", "state": "granted", "text": "whispered", "ip": "192.0.2.7"}
        assert self.api.post(at, said, format="json", headers=key).status_code == 201

    def mailed(self) -> None:
        begin([Contact.objects.get(pk=self.id)])
        settle()

    def browsing(self) -> None:
        self.browser.post(t=identity(self.id, clock.now()))
        self.browser.view("/shop")
        arrive()

    def written_about(self) -> None:
        mine = {"contact": str(self.id)}
        self.post("notes", kind="call", text="Quetzalina whispered", **mine)
        self.post("tasks", title="Call Zanzibari", **mine)
        self.post("tracking/events", type="orders.placed", data=ORDER, **mine)
        self.post("suppressions", value=EMAIL, comment="whispered")
        self.post("suppressions", value=ELDER)
        ask(self.api, everything=True)

    def on_screen(self) -> None:
        at = f"/contacts/{self.id}"
        self.client.post(f"{at}/tags", {"add": "vip"})
        self.client.get("/contacts", {"q": EMAIL})
        self.client.get(at)


@pytest.fixture
def world(api: APIClient, client: Client, alice: User, site: Any) -> World:
    client.force_login(alice)
    return World(api, client)


def test_prv_07_only_the_keyed_hashes_are_found(world: World):
    everywhere = {place for place, _word in found(WORDS)}
    told = {"contact", "captured_mail", "note", "task", "import_reject", "suppression"}
    assert told - everywhere == set(), "the search sees nothing"
    totals = rows(TOTALS)
    assert world.api.delete(f"/api/v1/contacts/{world.id}").status_code == 204
    arrive()
    clean(clock.now())
    key = world.browser.key
    left = found((*WORDS, key, key.replace("-", "")))
    assert left == [], "\n".join(map(str, left))
    kept = Suppression.objects.values_list("kind", "value")
    assert set(kept) == {("hash", digest(EMAIL)), ("hash", digest(ELDER))}
    assert rows(TOTALS) == totals
    assert rows("SELECT cells ->> 0 FROM import_reject") == [("other@example.com",)]
    assert invariants.broken() == []


def test_prv_07_an_old_cookie_brings_nobody_back(world: World):
    # One hit is still on its way by then.
    world.browser.view("/later")
    world.api.delete(f"/api/v1/contacts/{world.id}")
    arrive()
    world.browser.view("/again")
    world.browser.post(t=identity(world.id, clock.now()))
    arrive()
    assert not Contact.objects.exclude(email_key="other@example.com").exists()
    assert rows("SELECT count(*) FROM event WHERE contact_id = %s", world.id) == [(0,)]


def test_prv_07_the_trail_tells_that_it_was_done_and_to_no_name(world: World):
    world.client.post(f"/contacts/{world.id}/delete", {"typed": EMAIL})
    settle()
    verbs = AuditEntry.objects.filter(kind="contacts", object_id=world.id)
    assert "delete" in verbs.values_list("verb", flat=True)
    assert set(verbs.values_list("name", flat=True)) == {""}
    page = world.client.get("/contacts").content.decode().lower()
    assert "quetzalina" not in page
    assert [place for place, _word in found(WORDS) if place == "session"] == []
    assert Erasure.objects.get().contact_id == world.id
