"""Notes what came of a push, with the contact locked for a moment: state, id there, event."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from contacts.services.merge import survivors
from integrations.models import OPEN, Connection, Link, Push, PushState
from integrations.services import health
from kernel import events
from kernel.connectors import How, Pushed
from kernel.events import Fact
from kernel.locks import again, lock_contacts

BACK_OFF = (
    *(timedelta(minutes=minutes) for minutes in (1, 5, 15)),
    *(timedelta(hours=hours) for hours in (1, 3, 6, 12, 24, 24, 24)),
)
# What was made a moment ago is not found at once everywhere.
UNTIL_FOUND = timedelta(minutes=5)
# What other systems ask to be repeated is, for so long.
LONGEST = timedelta(days=7)
# One that was a merged one's becomes theirs again once they have no other.
LINK = """
INSERT INTO integration_link (connection_id, contact_id, remote_id, epoch, former, pushed_at)
VALUES (%(connection)s, %(contact)s, %(remote)s, %(epoch)s, %(former)s, %(now)s)
ON CONFLICT (connection_id, epoch, contact_id, remote_id) DO UPDATE
SET pushed_at = excluded.pushed_at, former = integration_link.former AND excluded.former"""
MOST_TRIES = 5
# More often than it is tried, what was found is pushed under its id.
MOST_FOUND = 3
# Of the pauses above: who is refused with everybody comes back within hours.
LONGEST_REFUSED = 6
LONGEST_ID = 300
# Failures that are not the contact's alone: many of them mean that the settings are wrong.
SUSPICIOUS = frozenset({"gone_or_path", "another"})
# Found before anybody was called.
UNCALLED = frozenset({"empty", "nobody", "restricted", "no_match", "climbs"})


@dataclass(frozen=True)
class Held:
    """A push as it was claimed."""

    id: int
    contact: int
    fence: int
    attempts: int
    asked: int
    doubtful: bool
    epoch: int
    began: int
    call: int
    # Under which id they are known there; empty: under none.
    remote_id: str
    # By what it may have been made: pairs of value and field, as JSON.
    sought: str


def note(
    number: int, held: Held, pushed: Pushed, version: int | None, now: datetime, *, finds: bool
) -> None:
    """Note one outcome, unless somebody else holds the push by now, or the person is forgotten."""
    pushed = _sound(held, pushed)
    for left in reversed(range(MOST_TRIES)):
        try:
            pushed = again(partial(_note, number, held, pushed, version, now, finds=finds))
            break
        except IntegrityError:
            # Another worker wrote this moment whose the record is.
            if not left:
                raise
    _watch(number, held, pushed, now)


@transaction.atomic
def _note(
    number: int, held: Held, pushed: Pushed, version: int | None, now: datetime, *, finds: bool
) -> Pushed:
    """Write one outcome; return what it comes to, knowing whose the record is."""
    row = _locked(held)
    if row is None:
        return pushed
    if pushed.gone:
        _links(row, held).filter(remote_id=held.remote_id).delete()
    if pushed.how in (How.SENT, How.FOUND) and not _link(row, held, pushed, now):
        pushed = replace(pushed, how=How.FAILED, problem="taken", unmade=True)
    if _epoch_of(row) != held.epoch:
        # It came from another system than the one that is meant by now.
        _begin_anew(row, now)
        row.save()
        return pushed
    _change(row, held, pushed, now, finds=finds)
    # What it said of whom it took is not needed, and would be their data once more.
    sent = pushed.how is How.SENT
    row.lease_until, row.answer = None, "" if sent else pushed.answer
    row.version = version if sent else row.version
    row.save()
    _tell(row, pushed, now)
    return pushed


def _sound(held: Held, pushed: Pushed) -> Pushed:
    """Keep what can be kept of an outcome, whoever wrote the connector."""
    problem, answer = _writable(pushed.problem), _writable(pushed.answer)
    pushed = replace(pushed, problem=problem, answer=answer)
    if pushed.how not in (How.SENT, How.FOUND):
        return pushed
    remote = str(pushed.remote_id or ("" if pushed.gone else held.remote_id))
    if remote and len(remote) <= LONGEST_ID and remote == _writable(remote):
        return replace(pushed, remote_id=remote)
    # It stands there, and nobody can say where.
    return replace(pushed, how=How.UNCERTAIN, remote_id="", problem="no_id", made=False)


def _writable(text: object) -> str:
    """Leave out of a text what no text may hold."""
    return str(text).replace("\0", "").encode("utf-8", "replace").decode()


def _locked(held: Held) -> Push | None:
    """Lock the contact and then the push, as merges and erasures do; they may have moved it."""
    for _try in range(MOST_TRIES):
        mine = Push.objects.filter(pk=held.id, fence=held.fence, lease_until__isnull=False)
        contact = mine.values_list("contact_id", flat=True).first()
        if contact is None:
            return None
        if not lock_contacts([contact]):
            # Written by who began before an erasure. Of a merge, the survivor gets it by and by.
            if not survivors([contact]):
                mine.delete()
            return None
        row = mine.filter(contact_id=contact).select_for_update(of=("self",)).first()
        if row is not None:
            return row
    return None


def _links(row: Push, held: Held) -> QuerySet[Link]:
    """Return under which ids they are known in the system that was called."""
    return Link.objects.filter(
        connection=row.connection_id, contact_id=row.contact_id, epoch=held.epoch
    )


def _link(row: Push, held: Held, pushed: Pushed, now: datetime) -> bool:
    """Remember the id there; say whether the record is theirs, and not another contact's."""
    same = Link.objects.filter(
        connection=row.connection_id, epoch=held.epoch, remote_id=pushed.remote_id, former=False
    )
    if same.exclude(contact_id=row.contact_id).exists():
        return False
    current = _links(row, held).filter(former=False).values_list("remote_id", flat=True).first()
    # A merge came between: the survivor keeps the record it has, and the other is told of.
    former = current is not None and current != pushed.remote_id
    with connection.cursor() as cursor:
        cursor.execute(
            LINK,
            {
                "connection": row.connection_id,
                "contact": row.contact_id,
                "now": now,
                "remote": pushed.remote_id,
                "epoch": held.epoch,
                "former": former,
            },
        )
    return True


def _change(row: Push, held: Held, pushed: Pushed, now: datetime, *, finds: bool) -> None:
    """Give the row its next state; who asked meanwhile, or was merged, goes once more."""
    anew = row.asked != held.asked or row.contact_id != held.contact
    row.problem = pushed.problem[:500]
    row.making = _may_stand_there(held, pushed)
    if not row.making:
        row.sought = []
    if row.state == PushState.MERGED:
        row.finished_at = row.finished_at or now
        if _is_doubtful(pushed):
            _let_wait(row, now)
        return
    if pushed.how in (How.SENT, How.FAILED):
        if anew:
            _begin_anew(row, now)
            return
        row.state = PushState.SENT if pushed.how is How.SENT else PushState.FAILED
        row.finished_at = now
        return
    _postpone(row, pushed, now, finds=finds)


def _let_wait(row: Push, now: datetime) -> None:
    """Look no sooner than what may have been made is found; the survivor's push knows of it."""
    soon = now + UNTIL_FOUND
    Push.objects.filter(
        connection=row.connection_id,
        contact_id=row.contact_id,
        state__in=OPEN,
        due_at__lt=soon,
        lease_until__isnull=True,
    ).update(due_at=soon)


def _begin_anew(row: Push, now: datetime) -> None:
    row.lease_until = None
    if row.state != PushState.MERGED:
        row.state, row.due_at, row.attempts = PushState.QUEUED, now, 0
        row.made_at, row.tried_at = now, None


def _epoch_of(row: Push) -> int | None:
    rows = Connection.every.filter(pk=row.connection_id)
    return rows.values_list("epoch", flat=True).first()


def _may_stand_there(held: Held, pushed: Pushed) -> bool:
    """Say whether a record may have been made of which nobody knows, now or earlier."""
    if pushed.how in (How.SENT, How.FOUND):
        return False
    return _is_doubtful(pushed) or (held.doubtful and not pushed.unmade)


def _is_doubtful(pushed: Pushed) -> bool:
    return pushed.how is How.UNCERTAIN and not pushed.remote_id


def _postpone(row: Push, pushed: Pushed, now: datetime, *, finds: bool) -> None:
    doubtful = _is_doubtful(pushed)
    row.state = PushState.UNCERTAIN if doubtful else PushState.QUEUED
    refused = pushed.how is How.REFUSED
    # What was refused to everybody is nobody's try: it waits for as long as that lasts.
    row.tried_at = None if refused else row.tried_at or now
    late = row.tried_at is not None and now - row.tried_at > LONGEST
    if pushed.how is How.FOUND and row.attempts <= len(BACK_OFF) + MOST_FOUND:
        # Also on its last try: it is known now, and only to be changed.
        row.due_at = now
        return
    over = not refused and (row.attempts > len(BACK_OFF) or late)
    if doubtful and (over or not finds):
        # A person looks there: made by itself, it might stand there twice.
        row.due_at = None
        return
    if over:
        row.state, row.problem, row.finished_at = PushState.FAILED, row.problem or "tired", now
        return
    length = _pause(row, refused=refused)
    length = health.jittered(max(length, UNTIL_FOUND) if doubtful else length)
    if pushed.after is not None:
        after = min(timedelta(seconds=min(pushed.after, 1e6)), health.LONGEST_WAIT)
        length = max(after, health.SHORTEST_WAIT)
    if refused or pushed.after is not None:
        # Not this one's fault: it is not what uses its tries up.
        row.attempts = max(row.attempts - 1, 0)
    row.due_at = now + length


def _pause(row: Push, *, refused: bool) -> timedelta:
    """Return how long one waits for its next try."""
    if refused:
        # However often: one that alone is answered so must not stop all others again and again.
        return BACK_OFF[min(max(row.fence, 1), LONGEST_REFUSED) - 1]
    return BACK_OFF[min(max(row.attempts, 1), len(BACK_OFF)) - 1]


def _tell(row: Push, pushed: Pushed, now: datetime) -> None:
    told = {"made": True} if pushed.made else None
    if pushed.how is How.SENT:
        fact = Fact(row.contact_id, now, row.connection_id, told)
        events.record("integrations.pushed", [fact], now=now)
    elif row.state == PushState.FAILED:
        fact = Fact(row.contact_id, now, row.connection_id)
        events.record("integrations.failed", [fact], now=now)


def _watch(number: int, held: Held, pushed: Pushed, now: datetime) -> None:
    """Keep an eye on the connection: a system that answers is well, whatever it says of one."""
    if held.epoch != Connection.objects.filter(pk=number).values_list("epoch", flat=True).first():
        return
    if pushed.how in (How.SENT, How.FOUND) or (
        pushed.how is How.FAILED and pushed.problem not in SUSPICIOUS
    ):
        if pushed.problem not in UNCALLED:
            health.well(number, now)
    elif pushed.how is not How.REFUSED and pushed.after is not None:
        health.deferred(number, pushed.problem, pushed.after, now)
    else:
        health.failed(number, pushed.problem, now, at_once=pushed.how is How.REFUSED)
