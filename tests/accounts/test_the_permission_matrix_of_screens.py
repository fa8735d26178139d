"""SEC-14 on screen: every address of the back office, knocked at by everybody."""

import re

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from backoffice.doors import ScreenDoor, screens, unguarded
from kernel.permissions import Reach, permission_kinds
from tests.accounts.world import World, persona

pytestmark = pytest.mark.django_db
OPENED = {200, 302, 400, 409, 422}
SHUT = {403, 404}
PERSONAS = ("nothing", "view own", "view all", "edit own", "edit all", "administrator")
# Between them lies what these reach: the long run knocks for them too.
BETWEEN = {"view all", "edit all"}
# What a named part of an address may be; where it depends, by the address.
WORDS = {
    "step": "1",
    "action": "delete",
    "channel": "email",
    "design": "welcome",
    "key": "active",
    "state": "published",
    "emails/runs/{pk}/{doing}": "cancel",
    "sms/runs/{pk}/{doing}": "cancel",
    "settings/domains/{pk}/{doing}": "activate",
}
# What an address is about where its kind of permission has another name.
ABOUT = {
    "contacts": "contacts",
    "mailbox": "mails",
    "emails/runs": "sends",
    "sms/runs": "sms-sends",
    "settings/domains": "signing-domains",
    "settings/domains/views": "signing-domains",
    "settings/returned-mail": "mail-sources",
    "settings/returned-mail/views": "mail-sources",
    "contacts/work": "work",
}
# What an address cannot do without, sent along or asked.
SENT = {
    "companies/{pk}/people": "contact={contacts}&act=add",
    "contacts/duplicates": "by=email&act=count",
    "contacts/{pk}/consent": "purpose=email_marketing&state=granted",
    "contacts/{pk}/field": "name=first_name",
    "contacts/{pk}/objection": "to=profiling",
    "segments/{pk}/why": "contact={contacts}",
}
DRAFTED = re.compile(r"imports/{pk}/(columns|rules|check|cleared|start|forget)$")
# One's own alone, whatever the role.
PERSONAL = {"contacts/work/{pk}/stop"}
FORM = "application/x-www-form-urlencoded"
PUBLIC = re.compile(
    r"favicon.ico$|account/|language$|session$|health/|e/[a-z]/|f/|m/|t/|s/|hooks/|\^?account/(password/new|invitation)|static/"
)


def path_of(door: ScreenDoor, world: World) -> str:
    """Fill the address in with something of the world's owner."""
    before = re.findall(r"([\w-]+)/{pk}", door.path)
    drafted = "imports/drafts" if DRAFTED.match(door.path) else ""
    about = (
        drafted or ABOUT.get(door.path.split("/{")[0]) or door.kind or (before[0] if before else "")
    )
    names = re.findall(r"{(\w+)}", door.path)
    words = WORDS | {"doing": WORDS.get(door.path, "")}
    values = {
        name: str(world.id_of(about)) if name.endswith(("pk", "number")) else words[name]
        for name in names
    }
    return "/" + door.path.format(**values)


# What deletes people of everybody asks for the right to.
EVERYBODY = {"campaigns/{pk}/deletions"}


def knock(client: Client, door: ScreenDoor, world: World) -> int:
    """Ask, and undo whatever it did."""
    # Made before, or it would be undone with the rest and be missed ever after.
    path, sent = path_of(door, world), SENT.get(door.path, "")
    sent = sent.format(contacts=world.id_of("contacts"))
    body = sent if door.method == "POST" else ""
    with transaction.atomic():
        answer = client.generic(door.method, f"{path}?{sent}", body, FORM)
        transaction.set_rollback(True)
    away = answer.get("Location", "").startswith("/account/login")
    return 403 if away else answer.status_code


def seen(door: ScreenDoor, user: User, *, own: bool) -> bool:
    """Say whether the user sees what the address is about."""
    # Saved views are only ever one's own: others' are passed over in silence.
    if "pk}" not in door.path or "/views/" in door.path:
        return True
    kind = permission_kinds.get(door.kind)
    reach = user.reach(door.kind, "view")
    return reach is Reach.ALL or (reach is Reach.OWN and own and bool(kind and kind.owned))


def expected(door: ScreenDoor, user: User, *, own: bool) -> set[int]:
    """Return the statuses that the right of a screen allows."""
    if not door.kind:
        return OPENED if own else SHUT
    if not own and (door.path in PERSONAL or DRAFTED.match(door.path)):
        return SHUT
    reach = user.reach(door.kind, door.verb)
    if reach is Reach.NONE or not seen(door, user, own=own):
        return SHUT
    if door.path in EVERYBODY and user.reach("contacts", "delete") is not Reach.ALL:
        return SHUT
    others = not own and "/views/" not in door.path
    return SHUT | {405} if others and reach is Reach.OWN else OPENED


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.long] * (name in BETWEEN)) for name in PERSONAS],
)
def test_every_screen_opens_for_whom_it_should(name: str, alice: User, api: APIClient):
    user = persona(name)
    client = Client(raise_request_exception=False)
    client.force_login(user)
    mine, other = World(user, api), World(alice, api)
    wrong = []
    for door in screens():
        if door.path.endswith("/bulk/{action}"):
            continue  # each is pressed in `test_bulk_actions_ask_for_their_right.py`
        for own, world in ((True, mine), (False, other))[: 2 if "pk}" in door.path else 1]:
            status = knock(client, door, world)
            if status not in expected(door, user, own=own):
                wrong.append((door.method, door.path, "own" if own else "other", status))
    assert not wrong, "\n".join(map(str, wrong))


def test_strangers_are_sent_to_the_sign_in(client: Client, alice: User, api: APIClient):
    world = World(alice, api)
    for door in screens():
        answer = client.generic(door.method, path_of(door, world))
        assert answer.status_code == 302, door
        assert answer["Location"].startswith("/account/login"), door


def test_only_pages_meant_for_strangers_are_open():
    assert [path for path in unguarded() if not PUBLIC.match(path)] == []
