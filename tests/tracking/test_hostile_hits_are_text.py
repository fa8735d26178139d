"""SEC-01: whatever a visitor puts into a hit is text wherever users read it."""

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import Contact, ContactState
from kernel import clock
from tests.tracking.site import SITE, Visit, events_of
from tracking.visits import identity

pytestmark = pytest.mark.django_db
SEED = '"><svg/onload=alert(1)>{{7*7}}'
RAW = "<svg/onload"
SEEN = "svg/onload"


def test_a_hostile_visit_is_text_on_every_screen_that_shows_it(
    site: str, client: Client, alice: User, api: Client
):
    contact = Contact.objects.create(email="zoe@example.com")
    ContactState.objects.create(contact=contact)
    visit = Visit(agent=f"Mozilla/5.0 {SEED}")
    query = f"utm_source={SEED}&utm_campaign={SEED}&{SEED}={SEED}"
    headers = {"x-forwarded-for": SEED, "accept-language": SEED, "referer": f"{SITE}/{SEED}"}
    page = {"u": f"{SITE}/{SEED}?{query}", "t": SEED, "r": f"https://x.example/{SEED}"}
    visit.post({"n": "view", **page, SEED: SEED}, headers=headers)
    visit.post({"n": "event", "k": "shop.wished", "d": {"size": SEED}}, headers=headers)
    visit.post(t=identity(contact.pk, clock.now()))
    [viewed] = events_of(contact=contact.pk)
    [wished] = events_of("shop.wished", contact.pk)
    assert SEED in viewed.data["title"]
    assert wished.data["size"] == SEED
    client.force_login(alice)
    here = f"/contacts/{contact.pk}"
    paths = [here, f"{here}/timeline", f"{here}/timeline?text=svg", "/", "/contacts", "/find?q=svg"]
    answers = {path: client.get(path).content.decode() for path in paths}
    assert [path for path, html in answers.items() if RAW in html] == []
    # It is there to be read, and no template has computed with it.
    assert SEEN in answers[here]
    assert "{{7*7}}" in answers[here]
    assert SEEN in answers[f"{here}/timeline?text=svg"]
    answer = api.get("/api/v1/events", {"contact": contact.pk})
    assert answer["Content-Type"].startswith("application/json")
    assert SEED in [event["data"].get("title") for event in answer.json()["results"]]
