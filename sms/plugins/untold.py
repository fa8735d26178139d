"""What did not happen stands in the timeline, too: texts that were not sent, and why."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from contacts.services.timeline import Happening, tells
from kernel import subjects
from sms.models import State, TextDelivery
from sms.services.refusals import said

# Sent and failed texts are events; these states leave none.
UNTOLD = (State.SKIPPED, State.CANCELLED, State.UNCERTAIN)


@tells("texts")
def not_sent(contact: int, user: Any, before: datetime | None, most: int) -> Iterator[Happening]:
    """Tell the texts that were left out, called off, or whose end nobody knows."""
    rows = TextDelivery.objects.filter(contact_id=contact, state__in=UNTOLD)
    if before is not None:
        rows = rows.filter(due_at__lte=before)
    found = list(rows.order_by("-due_at", "pk")[:most])
    names = subjects.seen_names("sms", {row.sms_id for row in found}, user)
    for row in found:
        name = names.get(row.sms_id, "")
        yield Happening(
            at=row.due_at,
            key=f"sms.{State(row.state).name.lower()}",
            sentence=_sentence(State(row.state), name),
            subject=("sms", row.sms_id) if name else None,
            name=name,
            beside=capfirst(said(row.reason) or ""),
            number=-row.pk,
            explained=f"tab=deliveries&person=%23{contact}" if name else "",
        )


def _sentence(state: State, name: str) -> str:
    words = {
        State.SKIPPED: (_("Not sent: %(name)s"), _("An SMS was not sent")),
        State.CANCELLED: (_("Called off: %(name)s"), _("An SMS was called off")),
        State.UNCERTAIN: (_("Perhaps sent: %(name)s"), _("An SMS was perhaps sent")),
    }
    named, bare = words[state]
    return named % {"name": name} if name else bare
