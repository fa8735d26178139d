"""The log of a connection: what became of pushes, as far as a reader may see the people."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from contacts.catalogue import hidden
from contacts.models import Contact
from integrations.models import Connection, Push, PushState
from integrations.services import asking
from kernel.permissions import Actor, narrow

STATES = {state.name.lower(): state for state in PushState if state is not PushState.MERGED}
# At a time, of contacts pushed again; and how many of the rest are counted.
MOST = 10_000
MOST_LEFT = 100_000


def pushes(row: Connection, user: Actor, state: str = "") -> QuerySet[Push]:
    """Return what was pushed through a connection, of the contacts a user sees."""
    found = Push.objects.filter(connection=row)
    if user.reach("contacts", "view") < 2:
        seen = narrow(Contact.objects.all(), user, "contacts", "view")
        found = found.filter(contact_id__in=seen.values("pk"))
    return found.filter(state=STATES[state]) if state in STATES else found


def may_read_answers(row: Connection, user: Actor) -> bool:
    """Say whether what the other system answered is shown: it may repeat what was sent."""
    return user.can("connections", "edit", row.owner_id) and not hidden()


@dataclass(frozen=True)
class Retried:
    """How many contacts are pushed once more, and how many are left for the next time."""

    asked: int
    left: int


def retry(found: QuerySet[Push], row: Connection, now: datetime) -> Retried:
    """Push once more what failed or waits for a person, at most `MOST` at a time."""
    later = Push.objects.filter(connection=row, contact_id=OuterRef("contact_id"))
    waits = Q(state=PushState.UNCERTAIN, due_at=None, lease_until=None)
    latest = found.filter(state__in=[PushState.FAILED, PushState.UNCERTAIN], repeated=False)
    latest = latest.filter(Q(state=PushState.FAILED) | waits).order_by("-pk")
    latest = latest.exclude(Exists(later.filter(pk__gt=OuterRef("pk"))))
    rows = list(latest.values_list("pk", "state", "contact_id", "cause")[:MOST])
    failed = {contact: cause for _pk, state, contact, cause in rows if state == PushState.FAILED}
    asking.ask(row.pk, list(failed), list(failed.values()), now)
    done = [pk for pk, state, _contact, _cause in rows if state == PushState.FAILED]
    Push.objects.filter(pk__in=done).update(repeated=True)
    chosen = [pk for pk, state, _contact, _cause in rows if state != PushState.FAILED]
    asked = len(failed) + asking.again(Push.objects.filter(pk__in=chosen), now)
    if len(rows) < MOST:
        return Retried(asked, 0)
    # What is asked for by now has a later one, or waits no more.
    return Retried(asked, latest[:MOST_LEFT].count())
