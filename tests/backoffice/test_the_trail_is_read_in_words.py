"""The audit trail in the reader's language: every verb, kind and value that anything leaves."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from api.doors import doors, views
from api.trail import _WORDS, kept_as
from backoffice import deeds
from backoffice.dictionary import KINDS, VERBS
from backoffice.resource import resources
from kernel.permissions import permission_kinds
from tests.accounts.world import MAKERS, World

pytestmark = pytest.mark.django_db
SOURCES = Path(__file__).parent.parent.parent
DEED = re.compile(r'Deed\(\s*"([\w-]+)",\s*f?"([\w -]+)[{"]')
# Parts of paths that are numbers: the trail leaves them out of the verb.
NUMBERS = ("{pk}", "{number}", "{version_number}")
# French and English say them alike.
ALIKE = {
    *("Actions", "Conditions", "Points"),
    "Persona",
    "Portrait",
    *("Alias", "Port"),
    "Contact",
    "Description",
    "Email",
    "HTML",
    "MJML",
    "Public",
    "Format",
    "Segments",
    "Signature",
    "Type",
}


def left_by_rest() -> set[tuple[str, str]]:
    """Return kind and verb of what each write over REST leaves."""
    found = set()
    for door in doors():
        if door.method == "GET" or door.verb == "view":
            continue
        kind, *rest = door.path.split("/")
        words = "/".join(part for part in rest if part not in NUMBERS)
        method = _WORDS[door.method]
        verb = (words if door.method == "POST" else f"{method} {words}") if words else method
        found.add((kept_as(kind), verb.replace("{channel}", "email")))
    return found


def test_every_deed_over_rest_has_words():
    for kind, verb in left_by_rest():
        assert deeds.kind_word(kind) != kind or kind in permission_kinds, kind
        assert verb in VERBS or verb.rpartition("/")[0] in VERBS, (kind, verb)


def test_every_deed_on_screen_has_words():
    texts = [path.read_text() for path in SOURCES.glob("*/backoffice/**/*.py")]
    found = [pair for text in texts for pair in DEED.findall(text)]
    assert len(found) > 20
    for kind, verb in found:
        assert kind in permission_kinds or kind in KINDS, kind
        assert verb in VERBS or any(key.startswith(verb) for key in VERBS), verb


def named(kind: str, key: str, language: str) -> str | None:
    with translation.override(language):
        return deeds.Words(kind).name(key)


def test_every_value_a_screen_tells_has_a_name_in_french(alice: User, api: APIClient):
    world, unknown = World(alice, api), set()
    alice.language = "fr"
    for resource in resources():
        if resource.key not in MAKERS or resource.key == "audit":
            continue
        row = resource.model._default_manager.get(pk=world.id_of(resource.key))
        for key in resource.told(row):
            french, english = named(resource.kind, key, "fr"), named(resource.kind, key, "en")
            if french is None or (french == english and english not in ALIKE):
                unknown.add((resource.key, key, english))
    assert unknown == set()


def test_every_value_rest_answers_has_a_name():
    unknown = set()
    for path, view, actions in views():
        serializer: Any = getattr(view, "serializer_class", None)
        if serializer is None or not {"create", "partial_update"} & set(actions.values()):
            continue
        if not {"post", "patch"} & set(view.http_method_names):
            continue
        words = deeds.Words(path.split("/")[0])
        names = serializer().fields
        unknown |= {(path.split("/")[0], key) for key in names if words.name(key) is None}
    assert unknown == set()


def test_a_french_office_reads_french(client: Client, alice: User):
    User.objects.filter(pk=alice.pk).update(language="fr")
    entry = AuditEntry.objects.create(
        user=alice,
        who=alice.email,
        kind="emails",
        verb="unpublish",
        object_id=7,
        name="Hello",
        before={"state": "published", "from_name": "Ana"},
        after={"state": "unpublished", "from_name": None},
    )
    client.force_login(alice)
    assert "E-mails · a dépublié" in client.get("/settings/audit").content.decode()
    assert client.get("/settings/audit?q=dépubli").context["total"] == 1
    page = client.get(f"/settings/audit/{entry.pk}").content.decode()
    for words in ("État", "Publié", "Dépublié", "Ana"):
        assert words in page
    assert "unpublish" not in page


def test_the_history_of_a_thing_names_fields_as_its_form_does(api: APIClient, client, alice: User):
    made = api.post("/api/v1/stages", {"name": "Old", "weight": 1}).json()
    api.patch(f"/api/v1/stages/{made['id']}", {"weight": 5})
    User.objects.filter(pk=alice.pk).update(language="fr")
    client.force_login(alice)
    page = client.get(f"/stages/{made['id']}?tab=history").content.decode()
    assert "a modifié" in page
    assert ">weight<" not in page


def test_the_fields_of_a_person_are_named_and_their_values_are_not(
    api: APIClient, client: Client, alice: User
):
    made = api.post("/api/v1/contacts", {"email": "ana@x.example", "city": "Lyon"}).json()
    api.patch(f"/api/v1/contacts/{made['id']}", {"city": "Paris"})
    User.objects.filter(pk=alice.pk).update(language="fr")
    client.force_login(alice)
    page = client.get(f"/contacts/{made['id']}?tab=history").content.decode()
    assert "Ville" in page
    assert "Paris" not in page.partition("a modifié")[2]
