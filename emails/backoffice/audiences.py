"""Audiences as the editor sends them: read with the rights of who writes, kept masks restored."""

from typing import Any

from django.http import HttpRequest

from channels.screens.opening import message_of
from emails.models import Email
from emails.services import audiences
from emails.services.channel import EMAILS
from kernel import documents, masking
from kernel.filters import FilterProblem, restoring
from kernel.ids import read_id
from kernel.registry import ConfigProblem

LARGEST = 500_000


def shown(email: Email | None) -> str:
    """Write the audiences of an email for the editor, without what its reader may not see."""
    return documents.dumps(masking.masked(email.audiences if email else []))


def read(text: Any, user: Any, stored: Email | None) -> list[dict[str, Any]]:
    """Read what the editor sent; `ConfigProblem` says what is wrong with it."""
    kept = stored.audiences if stored else []
    if text is None:
        return list(kept)
    try:
        given = documents.loads(text) if text and len(text) <= LARGEST else []
        given = restoring.restored(given, kept or None)
    except ValueError as error:
        raise ConfigProblem(
            [{"field": "audiences", "code": "invalid", "message": str(error)}]
        ) from error
    except FilterProblem as refused:
        words = refused.problems[0]["message"]
        raise ConfigProblem(
            [{"field": "audiences", "code": "hidden", "message": words}]
        ) from refused
    return audiences.checked(given, kept, user)


def put(email: Email, request: HttpRequest) -> list[Any]:
    """Give an email that is looked at the audiences sent with it; return what is wrong with them.

    Where something is, nobody belongs to any of them.
    """
    number = read_id(request.POST.get("email"))
    stored = message_of(EMAILS, request, number) if number else None
    try:
        email.audiences = read(request.POST.get("audiences"), request.user, stored)
    except ConfigProblem as refused:
        email.audiences = _emptied(request.POST.get("audiences"))
        return [{**one, "field": "audiences"} for one in refused.problems]
    return []


def _emptied(text: Any) -> list[dict[str, Any]]:
    """Return the audiences that were sent without their filters, as far as they can be read."""
    try:
        given = documents.loads(text or "[]")
    except ValueError:
        return []
    found = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    return [
        {"key": one["key"], "name": "", "filter": None}
        for one in found[: audiences.MOST]
        if audiences.is_key(one.get("key"))
    ]
