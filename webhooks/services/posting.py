"""Writes what is to be posted, and tells what became of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from contacts.services import filling
from kernel.actions import Batch, Outcomes
from webhooks.models import Post, PostState
from webhooks.services import claiming
from webhooks.services.calls import Call

QUEUE = "webhooks.posts"
# How soon a step asks again; later and later, the longer there is no answer.
SOON, LATE = timedelta(seconds=2), timedelta(minutes=5)


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
    if fresh:
        outcomes.refused |= _write(call, fresh, batch.context, now)
        outcomes.pending |= dict.fromkeys(fresh.keys() - outcomes.refused.keys(), now + SOON)
        outcomes.wake.add(QUEUE)
    return outcomes


def _write(
    call: Call, fresh: Mapping[int, str], context: Mapping[int, Mapping[str, Any]], now: datetime
) -> dict[int, str]:
    """Write the posts; return for whom there is no call, and why."""
    known = filling.values(list(fresh), call.texts(), context)
    lacking = {contact: call.lacking(known.get(contact, {})) for contact in fresh}
    Post.objects.bulk_create(
        Post(
            cause=cause,
            contact_id=contact,
            method=call.method,
            url=call.address(known.get(contact, {})),
            host=call.host,
            headers=call.sealed_headers(known.get(contact, {})),
            secret=call.secret,
            kind=call.kind,
            body=call.body(contact, known.get(contact, {}), now),
            outside=call.outside(known.get(contact, {})),
            seconds=call.seconds,
            due_at=now,
            made_at=now,
            asked_at=now,
        )
        for contact, cause in fresh.items()
        if not lacking[contact]
    )
    words = _("The address has no value for {{ %(token)s }}.")
    return {contact: words % {"token": token} for contact, token in lacking.items() if token}
