"""What tests of pushes say again and again."""

from integrations.models import Push, PushState
from integrations.services import claiming, pushing
from kernel import clock
from tests.integrations.crm import SETTINGS
from tests.journey import ok

NO_FIND = {"find_path": None, "find_id": None}
HTML = (404, "<html>default backend</html>")


def push(api, row, contacts):
    return ok(api.post(f"/api/v1/connections/{row.pk}/push", {"contacts": contacts}), 202)


def states(row):
    return [PushState(one.state).name for one in Push.objects.filter(connection=row).order_by("pk")]


def change(api, row, **settings):
    """Change settings, the others staying as they are."""
    at = f"/api/v1/connections/{row.pk}"
    kept = {**ok(api.get(at))["settings"], **settings}
    kept = {name: value for name, value in kept.items() if value is not None}
    return api.patch(at, {"settings": kept})


def claim():
    """Claim what is due as a worker does; return each call as (connector, what is handed to it)."""
    now = clock.now()
    return pushing.readied(claiming.claim(16, now), now)


def methods(crm):
    return [method for method, _path, _body in crm.calls]


def body(**settings):
    """Return what makes a connection over REST; a setting that is None is left out."""
    found = {**SETTINGS, "base_url": "https://crm.example/api", **settings}
    found = {name: value for name, value in found.items() if value is not None}
    return {"name": "C", "connector": "integrations.rest", "settings": found}
