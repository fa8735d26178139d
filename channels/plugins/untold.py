"""What did not happen stands in the timeline, too: messages that were not sent, and why."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from channels.models import State
from channels.services.channel import Channel
from contacts.services.timeline import Happening
from kernel import subjects

# What was sent, failed or bounced is an event; these states leave none.
UNTOLD = (State.SKIPPED, State.CANCELLED, State.UNCERTAIN)


def not_sent(
    channel: Channel, contact: int, user: Any, before: datetime | None, most: int
) -> Iterator[Happening]:
    """Tell the messages that were left out, called off, or whose end nobody knows."""
    rows = channel.delivery._default_manager.filter(contact_id=contact, state__in=UNTOLD)
    if before is not None:
        rows = rows.filter(due_at__lte=before)
    found = list(rows.order_by("-due_at", "pk")[:most])
    names = subjects.seen_names(channel.subject, {channel.about(row) for row in found}, user)
    for row in found:
        state, name = State(row.state), names.get(channel.about(row), "")
        yield Happening(
            at=row.due_at,
            key=f"{channel.kind}.{state.name.lower()}",
            sentence=_sentence(channel, state, name),
            subject=(channel.subject, channel.about(row)) if name else None,
            name=name,
            beside=capfirst(channel.said(row.reason) or ""),
            number=-row.pk,
            explained=f"tab=deliveries&person=%23{contact}" if name else "",
        )


def _sentence(channel: Channel, state: State, name: str) -> str:
    if not name:
        return channel.words.untold()[UNTOLD.index(state)]
    named = (_("Not sent: %(name)s"), _("Called off: %(name)s"), _("Perhaps sent: %(name)s"))
    return named[UNTOLD.index(state)] % {"name": name}
