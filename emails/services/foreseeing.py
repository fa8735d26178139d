"""A campaign's mails: what would become of them for one person, or many; what came of them."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from channels.services.audiences import HASHED_AT_MOST
from contacts.services.holding import NOTHING_HOLDS, Rules
from emails.models import Email, Reason, State
from emails.services import queueing
from emails.services.explaining import explain
from emails.services.recipients import JOINS, REASON, policy
from kernel.actions import Batch
from kernel.rehearsals import Effect, Hindrance, People, Rehearsal

SENT = "UPDATE delivery SET state = %s, sent_at = %s, due_at = %s WHERE cause = %s"
EFFECTS = f"""
SELECT count(*) FILTER (WHERE state = {int(State.SENT)}),
       count(*) FILTER (WHERE opened_at IS NOT NULL),
       count(*) FILTER (WHERE clicked_at IS NOT NULL),
       count(*) FILTER (WHERE state = {int(State.SKIPPED)})
FROM delivery d WHERE email_id = %(email)s AND cause LIKE %(causes)s
AND {{seen}}"""  # noqa: S608 - numbers of ours
# By itself it is joined; beside an OR it would be asked of every row.
OWN = "d.contact_id IN (SELECT c.id FROM contact c WHERE c.owner_id = %(owner)s)"
FEW = "SELECT contact_id FROM ({people}) p LIMIT %(limit)s"
# The questions of the claim, for everybody at once; quiet hours only put a mail off.
JUDGE = """
SELECT coalesce(j.reason, CASE WHEN {capped} IS NOT NULL THEN 'frequency_cap' END), count(*)
FROM (SELECT d.contact_id, d.topic_id, {reason} reason, w.most, w.per
      FROM (SELECT contact_id, %(email)s::bigint email_id, %(topic)s::bigint topic_id,
                   %(transactional)s::boolean transactional FROM ({people}) p) d {joins}
      LEFT JOIN channel_wish w ON w.contact_id = d.contact_id AND w.channel = 'email') j
GROUP BY 1 ORDER BY 2 DESC"""


def rehearse(email: Email, batch: Batch, now: datetime) -> Rehearsal:
    """Judge each as the sending would then, and count what would go out for the mails after it.

    The caller takes the transaction back.
    """
    hindered = {}
    for contact, cause in zip(batch.contacts, batch.causes, strict=True):
        told = explain(email, contact, now)
        until = told.waits_until
        if told.reason:
            hindered[contact] = Hindrance(told.reason, _words(told.reason), until)
        if told.reason is None or until is not None:
            _write(email, contact, cause, until or now)
    return Rehearsal(hindered=hindered)


def _write(email: Email, contact: int, cause: str, at: datetime) -> None:
    """Let the ledger hold the mail as sent, so that limits count it."""
    queueing.queue(email, [contact], [cause], at)
    with connection.cursor() as cursor:
        cursor.execute(SENT, [State.SENT, at, at, cause])


def foresee(email: Email, people: People, now: datetime) -> dict[Hindrance, int]:
    """Count whom this email would not reach if it went out now, by reason."""
    few = _few(people)
    rules = policy(few or [], transactional=email.is_transactional, by_hash=few is not None)
    hold = NOTHING_HOLDS if email.is_transactional or few is None else Rules.read()
    statement = JUDGE.format(
        people=people.sql, reason=REASON, joins=JOINS, capped=hold.capped_until()
    )
    values = {
        **people.values,
        **rules,
        "email": email.pk,
        "topic": email.topic_id,
        "transactional": email.is_transactional,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        counted = {reason: count for reason, count in cursor.fetchall() if reason is not None}
    return {Hindrance(reason, _words(reason)): count for reason, count in counted.items()}


def effects(email: int, causes: str, owner: int | None = None) -> list[Effect]:
    """Count the mails of some causes: sent, opened and clicked by people, left out."""
    with connection.cursor() as cursor:
        statement = EFFECTS.format(seen="true" if owner is None else OWN)
        cursor.execute(statement, {"email": email, "causes": causes, "owner": owner})
        sent, opened, clicked, skipped = cursor.fetchone()

    def share(count: int) -> float | None:
        return count / sent if sent else None

    return [
        Effect("sent", _("sent"), sent),
        Effect("opened", _("opened"), opened, share(opened)),
        Effect("clicked", _("clicked"), clicked, share(clicked)),
        Effect("skipped", _("left out"), skipped),
    ]


def _few(people: People) -> list[int] | None:
    """Return the people, unless they are many: hashes and frequency are left to the sending."""
    values: dict[str, Any] = {**people.values, "limit": HASHED_AT_MOST + 1}
    with connection.cursor() as cursor:
        cursor.execute(FEW.format(people=people.sql), values)
        found = [row[0] for row in cursor.fetchall()]
    return found if len(found) <= HASHED_AT_MOST else None


def _words(reason: str) -> str:
    return str(Reason(reason).label) if reason in Reason.values else reason
