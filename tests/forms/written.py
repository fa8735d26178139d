"""Forms for tests, and visitors who fill them in."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client

from forms.models import Form
from forms.services import definition, publishing, showing
from kernel import clock

EMAIL = {"id": "e", "kind": "email", "name": "email", "map": "email", "label": "Email"}
FIRST = {"id": "n", "kind": "text", "name": "first", "map": "first_name", "label": "First name"}


def make_form(*fields: dict[str, Any], shown: bool = True, **content: Any) -> Form:
    """Make a form of these fields, published unless said otherwise."""
    count = Form.objects.count()
    whole = {"fields": list(fields or [{**EMAIL, "required": True}, FIRST]), **content}
    form = Form.objects.create(
        name=f"Form {count}",
        alias=publishing.free_alias(f"form {count}"),
        content=definition.cleaned(whole),
    )
    if shown:
        publishing.publish(form, None, clock.now())
    return form


def token_of(form: Form, ago: float = 60) -> str:
    """Return the token of a showing so many seconds ago."""
    assert form.shown is not None
    return showing.show(form.shown, clock.now() - timedelta(seconds=ago))


def send(form: Form, told: dict[str, Any], *, token: str | None = None, **headers: Any) -> Any:
    """Send a form as the script does."""
    body = {**told, "_token": token_of(form) if token is None else token}
    sent = {"HTTP_ACCEPT": "application/json", "HTTP_ACCEPT_LANGUAGE": "en", **headers}
    return Client().post(f"/f/{form.alias}", body, **sent)


def token_in(page: str) -> str:
    """Return the token of a page."""
    found = re.search(r'name="_token" value="([^"]+)"', page)
    assert found
    return found[1]
