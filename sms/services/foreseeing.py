"""A campaign's texts: what would become of them for one person, or many; what came of them."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from channels.services.audiences import HASHED_AT_MOST
from contacts.services import numbers
from contacts.services.holding import NOTHING_HOLDS, Rules
from kernel.actions import Batch
from kernel.rehearsals import Effect, Hindrance, People, Rehearsal
from sms.models import State, Text
from sms.services import queueing
from sms.services.explaining import explain
from sms.services.holding import LEDGER
from sms.services.recipients import JOINS, policy, reason
from sms.services.refusals import said

SENT = "UPDATE sms_delivery SET state = %s, sent_at = %s, due_at = %s WHERE cause = %s"
EFFECTS = f"""
SELECT count(*) FILTER (WHERE state = {int(State.SENT)}),
       count(*) FILTER (WHERE delivered_at IS NOT NULL),
       count(*) FILTER (WHERE clicked_at IS NOT NULL),
       count(*) FILTER (WHERE replied_at IS NOT NULL),
       count(*) FILTER (WHERE state = {int(State.SKIPPED)})
FROM sms_delivery d WHERE sms_id = %(sms)s AND cause LIKE %(causes)s
AND {{seen}}"""  # noqa: S608 - numbers of ours
# By itself it is joined; beside an OR it would be asked of every row.
OWN = "d.contact_id IN (SELECT c.id FROM contact c WHERE c.owner_id = %(owner)s)"
FEW = "SELECT contact_id FROM ({people}) p LIMIT %(limit)s"
# The questions of the claim, for everybody at once; quiet hours only put a text off.
JUDGE = """
SELECT coalesce(j.reason, CASE WHEN {capped} IS NOT NULL THEN 'frequency_cap' END), count(*)
FROM (SELECT d.contact_id, {reason} reason, w.most, w.per
      FROM (SELECT contact_id, %(sms)s::bigint sms_id, %(transactional)s::boolean transactional
            FROM ({people}) p) d {joins}
      LEFT JOIN LATERAL (SELECT {dialled} number) n ON true
      LEFT JOIN channel_wish w ON w.contact_id = d.contact_id AND w.channel = 'sms') j
GROUP BY 1 ORDER BY 2 DESC"""


def rehearse(text: Text, batch: Batch, now: datetime) -> Rehearsal:
    """Judge each as the sending would then, and count what would go out for the texts after it.

    The caller takes the transaction back.
    """
    hindered = {}
    for contact, cause in zip(batch.contacts, batch.causes, strict=True):
        told = explain(text, contact, now)
        until = told.waits_until
        if told.reason:
            hindered[contact] = Hindrance(told.reason, str(said(told.reason)), until)
        if told.reason is None or until is not None:
            _write(text, contact, cause, until or now)
    return Rehearsal(hindered=hindered)


def _write(text: Text, contact: int, cause: str, at: datetime) -> None:
    """Let the ledger hold the text as sent, so that limits count it."""
    queueing.queue(text, [contact], [cause], at)
    with connection.cursor() as cursor:
        cursor.execute(SENT, [State.SENT, at, at, cause])


def foresee(text: Text, people: People, now: datetime) -> dict[Hindrance, int]:
    """Count whom this text would not reach if it went out now, by reason."""
    few = _are_few(people)
    hold = Rules.read(LEDGER) if few and not text.is_transactional else NOTHING_HOLDS
    statement = JUDGE.format(
        people=people.sql,
        reason=reason("n.number", by_hash=few),
        joins=JOINS,
        dialled=numbers.dialled(),
        capped=hold.capped_until(),
    )
    asked: dict[str, Any] = {"sms": text.pk, "transactional": text.is_transactional, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**people.values, **policy(), **asked})
        counted = {why: count for why, count in cursor.fetchall() if why is not None}
    return {Hindrance(why, str(said(why))): count for why, count in counted.items()}


def _are_few(people: People) -> bool:
    """Say whether hashes and frequency are asked for; of many that is left to the sending."""
    values: dict[str, Any] = {**people.values, "limit": HASHED_AT_MOST + 1}
    with connection.cursor() as cursor:
        cursor.execute(FEW.format(people=people.sql), values)
        return len(cursor.fetchall()) <= HASHED_AT_MOST


def effects(text: int, causes: str, owner: int | None = None) -> list[Effect]:
    """Count the texts of some causes: sent, delivered, clicked by people, answered, left out."""
    with connection.cursor() as cursor:
        statement = EFFECTS.format(seen="true" if owner is None else OWN)
        cursor.execute(statement, {"sms": text, "causes": causes, "owner": owner})
        sent, delivered, clicked, replied, skipped = cursor.fetchone()

    def share(count: int) -> float | None:
        return count / sent if sent else None

    return [
        Effect("sent", _("sent"), sent),
        Effect("delivered", _("delivered"), delivered, share(delivered)),
        Effect("clicked", _("clicked"), clicked, share(clicked)),
        Effect("replied", _("replied"), replied, share(replied)),
        Effect("skipped", _("left out"), skipped),
    ]
