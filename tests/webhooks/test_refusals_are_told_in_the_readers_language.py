"""Why a call was refused is stored once, and told to each in their own language."""

from datetime import timedelta

import pytest

from accounts.models import User
from campaigns.models import Step, StepState
from kernel import clock
from tests.journey import bring, ok, people
from tests.settle import settle
from tests.web_server import WebServer
from tests.webhooks.test_steps_post_to_other_systems import way

pytestmark = pytest.mark.django_db
MOVED = b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
STATUS = ("The server answered with status 302.", "Le serveur a répondu avec le statut 302.")
PRIVATE = ("This address may not be called.", "Cette adresse ne peut pas être appelée.")


@pytest.fixture
def screen(client, alice):
    client.force_login(alice)
    return client


@pytest.mark.parametrize(("allowed", "words"), [(["127.0.0.1"], STATUS), ([], PRIVATE)])
def test_parked_reasons_are_read_in_ones_language(api, screen, alice, settings, allowed, words):
    # Whatever the installation speaks: each reads their own.
    settings.LANGUAGE_CODE = "fr"
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    campaign = way(api, WebServer(MOVED).url)
    settings.OUTBOUND_ALLOW = allowed
    contacts = people(1)
    bring(api, campaign, contacts)
    settle()
    settle(clock.now() + timedelta(minutes=1))
    assert Step.objects.get(state=StepState.PARKED).error == words[0]
    for language, said in zip(("en", "fr"), words, strict=True):
        User.objects.filter(pk=alice.pk).update(language=language, language_chosen=True)
        assert said in screen.get("/campaigns/parked").content.decode()
    # What programs choose groups by stays the same in every language.
    [group] = ok(api.get("/api/v1/campaigns/parked/groups"))["results"]
    assert group["error"] == words[0]
