"""Writes what is to be posted, and tells what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from contacts.services import filling
from kernel import clock
from kernel.actions import Batch, Outcomes
from kernel.documents import dumps, loads
from webhooks.models import Post, PostState
from webhooks.services import claiming

QUEUE = "webhooks.posts"
# How soon a step asks again; later and later, the longer there is no answer.
SOON, LATE = timedelta(seconds=2), timedelta(minutes=5)


@dataclass(frozen=True)
class Call:
    """What is posted where: `data` is JSON with tokens, `secret` is sealed."""

    url: str
    data: str
    secret: str


def post(call: Call, batch: Batch, now: datetime) -> Outcomes:
    """Write posts for whom there are none; tell of the others what became of theirs.

    What was told is forgotten: a step that is run again after a refusal posts anew.
    """
    known = {row.cause: row for row in Post.objects.filter(cause__in=batch.causes)}
    outcomes, over, waiting = Outcomes(), [], []
    fresh = {}
    for contact, cause in zip(batch.contacts, batch.causes, strict=True):
        row = known.get(cause)
        if row is None:
            fresh[contact] = cause
            outcomes.pending[contact] = now + SOON
        elif row.state == PostState.WAITING:
            waiting.append(row.pk)
            waited = min(max(now - row.made_at, SOON), LATE)
            due = row.due_at
            # It was set aside while nobody asked.
            due -= claiming.AWAY if due > now + claiming.AWAY / 2 else timedelta()
            outcomes.pending[contact] = max(now + waited, due + SOON)
        else:
            over.append(row.pk)
            if row.state == PostState.REFUSED:
                outcomes.refused[contact] = row.error
    Post.objects.filter(pk__in=over).delete()
    claiming.ask(waiting, now)
    _write(call, fresh, batch.context, now)
    if fresh:
        outcomes.wake.add(QUEUE)
    return outcomes


def _write(
    call: Call, fresh: Mapping[int, str], context: Mapping[int, Mapping[str, Any]], now: datetime
) -> None:
    if not fresh:
        return
    known = filling.values(list(fresh), [call.data], context)
    data = loads(call.data) if call.data else {}
    Post.objects.bulk_create(
        Post(
            cause=cause,
            contact_id=contact,
            url=call.url,
            host=_host(call.url),
            secret=call.secret,
            body=_body(contact, data, known.get(contact, {}), now),
            due_at=now,
            made_at=now,
            asked_at=now,
        )
        for contact, cause in fresh.items()
    )


def _host(url: str) -> str:
    """Return server and port, by which calls of one receiver are known."""
    try:
        found = urlsplit(url)
        return f"{found.hostname or ''}:{found.port or found.scheme}"[:300]
    except ValueError:
        # Of older settings; the call will say what is wrong.
        return ""


def _body(contact: int, data: Any, known: Mapping[str, Any], now: datetime) -> str:
    filled = filling.fill_json(data, known)
    told = {
        "type": "contact.posted",
        "timestamp": clock.iso(now),
        "contact": {"id": str(contact)},
        "data": filled,
    }
    return dumps(told)
