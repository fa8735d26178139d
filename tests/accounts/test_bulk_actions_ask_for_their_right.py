"""SEC-14 and SEC-15 for many at once: each action of each list, pressed by everybody."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from backoffice.bulk import BulkAction
from backoffice.doors import screens
from backoffice.resource import Resource, resources
from kernel.models import Job
from kernel.permissions import Reach
from tests.accounts.test_the_permission_matrix_of_screens import ABOUT, PERSONAS, SHUT
from tests.accounts.world import World, persona

pytestmark = pytest.mark.django_db
BAR = "/bulk/{action}"
PRESSED = {200, 204, 302, 409, 422}


def press(client: Client, resource: Resource[Any], action: BulkAction, pk: int) -> tuple[int, bool]:
    """Confirm it for one row, tell whether anything came of it, and undo that."""
    with transaction.atomic():
        before = state(resource, pk)
        sent = {"ids": str(pk), "confirmed": "yes"}
        answer = client.post(f"/{resource.path or resource.key}/bulk/{action.key}", sent)
        changed = state(resource, pk) != before
        transaction.set_rollback(True)
    return answer.status_code, changed


def state(resource: Resource[Any], pk: int) -> list[Any]:
    """Return what an action leaves behind: the row itself, a deed, a job."""
    rows = list(resource.model._default_manager.filter(pk=pk).values())
    return [rows, AuditEntry.objects.count(), Job.objects.count()]


def lists() -> list[Resource[Any]]:
    """Return the resources whose lists have the bar: the resolver knows of all."""
    paths = {door.path.removesuffix(BAR) for door in screens() if door.path.endswith(BAR)}
    found = [one for one in resources() if (one.path or one.key) in paths]
    assert len(found) == len(paths)
    return found


@pytest.mark.parametrize("name", PERSONAS)
def test_every_bulk_action_is_for_whom_its_right_is_and_reaches_no_further(
    name: str, alice: User, api: APIClient
):
    user = persona(name)
    client = Client(raise_request_exception=False)
    client.force_login(user)
    mine, other = World(user, api), World(alice, api)
    pressed, wrong = 0, []
    for resource in lists():
        about = ABOUT.get(resource.path or resource.key, resource.kind)
        for action in resource.bulk:
            reach = min(user.reach(resource.kind, "view"), user.reach(resource.kind, action.verb))
            for own, world in ((True, mine), (False, other)):
                status, changed = press(client, resource, action, world.id_of(about))
                shut = reach is Reach.NONE
                right = status in (SHUT if shut else PRESSED)
                may_change = reach is Reach.ALL or (own and reach is Reach.OWN)
                if not right or (changed and not may_change):
                    wrong.append((resource.key, action.key, own, status, changed))
                pressed += changed
    assert not wrong, "\n".join(map(str, wrong))
    assert bool(pressed) == name.startswith(("edit", "admin"))
