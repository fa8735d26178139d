"""Who a visitor is: by a token the site signed at once, by the link of a message after a look.

Rules, since links are forwarded and followed by machines: a message identifies one browser, the
first that came by it; only when a person followed it; and never one that is known already.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from tracking.services.payloads import Hit
from tracking.visits import identified, introduced, resolvers

# By then the click that led here is judged: suspicious ones wait ten seconds.
LOOK_AFTER = timedelta(seconds=12)
GIVE_UP_AFTER = timedelta(minutes=2)
SLICE = 500

LODGE = """
INSERT INTO visitor_claim (source, reference, visitor_id, created_at, due_at)
SELECT source, reference, visitor, %(now)s, %(due)s
FROM unnest(%(sources)s::text[], %(references)s::bigint[], %(visitors)s::bigint[])
     c(source, reference, visitor)
JOIN visitor v ON v.id = visitor AND v.contact_id IS NULL
ORDER BY source, reference, visitor
ON CONFLICT DO NOTHING"""
SIGNED = """
UPDATE visitor v SET contact_id = c.id, identified_at = %s, proof = 'signed', adopt = v.kept > 0
FROM (SELECT DISTINCT ON (visitor) visitor, contact
      FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY s(visitor, contact, place)
      ORDER BY visitor, place DESC) s
JOIN contact c
  ON c.id = coalesce((SELECT winner_id FROM merge WHERE loser_id = s.contact), s.contact)
WHERE v.id = s.visitor AND (v.contact_id, v.proof) IS DISTINCT FROM (c.id, 'signed')"""
DUE = """
SELECT id, source, reference, visitor_id, created_at FROM visitor_claim
WHERE due_at <= %s ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED"""
# Somebody erased meanwhile is not brought back; who was merged is who they became.
GRANT = """
UPDATE visitor v SET contact_id = c.id, identified_at = %s, proof = 'link', adopt = v.kept > 0
FROM unnest(%s::bigint[], %s::bigint[]) g(visitor, contact) JOIN contact c
  ON c.id = coalesce((SELECT winner_id FROM merge WHERE loser_id = g.contact), g.contact)
WHERE v.id = g.visitor AND v.contact_id IS NULL"""

# Whoever makes themselves known by a form was this visitor until now.
TOLD = """
UPDATE visitor SET contact_id = %s, identified_at = %s, proof = 'form', adopt = kept > 0
WHERE key = %s AND contact_id IS NULL"""


def told(key: UUID, contact: int, now: datetime) -> None:
    """Note that a browser nobody knew is a contact's, who was new to us and said so there."""
    with connection.cursor() as cursor:
        cursor.execute(TOLD, [contact, now, key])


def lodge(hits: Sequence[tuple[Hit, int]], now: datetime) -> None:
    """Take the tokens that came with hits."""
    signed, told = list[tuple[int, int]](), list[tuple[str, int, int]]()
    for hit, visitor in hits:
        if contact := identified(hit.token, hit.at):
            signed.append((visitor, contact))
        elif message := introduced(hit.token, hit.at):
            told.append((*message, visitor))
    with connection.cursor() as cursor:
        if signed:
            cursor.execute(SIGNED, [now, [row[0] for row in signed], [row[1] for row in signed]])
        if told:
            values = {"now": now, "due": now + LOOK_AFTER}
            names = ("sources", "references", "visitors")
            columns = zip(names, map(list, zip(*told, strict=True)), strict=True)
            cursor.execute(LODGE, values | dict(columns))


def due(now: datetime) -> bool:
    """Say whether claims are to be looked at."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM visitor_claim WHERE due_at <= %s)", [now])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def examine(now: datetime) -> bool:
    """Decide one slice of claims; say whether there were any."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [now, SLICE])
        rows = cursor.fetchall()
        known: dict[tuple[str, int], int] = {}
        for source in {row[1] for row in rows}:
            # The app of a source may be gone: its messages introduce nobody any more.
            resolve = resolvers.get(source)
            if resolve is None:
                continue
            found = resolve([row[2] for row in rows if row[1] == source])
            known |= {(source, reference): contact for reference, contact in found.items()}
        granted = [row for row in rows if (row[1], row[2]) in known]
        waiting = [row[0] for row in rows if row not in granted]
        contacts = [known[row[1], row[2]] for row in granted]
        cursor.execute(GRANT, [now, [row[3] for row in granted], contacts])
        cursor.execute(
            "UPDATE visitor_claim SET due_at = NULL WHERE id = ANY(%s)",
            [[row[0] for row in granted]],
        )
        # Only a machine came by it, or the click is still on its way from another spool.
        cursor.execute(
            "DELETE FROM visitor_claim WHERE id = ANY(%s) AND created_at < %s",
            [waiting, now - GIVE_UP_AFTER],
        )
        cursor.execute(
            "UPDATE visitor_claim SET due_at = %s WHERE id = ANY(%s)", [now + LOOK_AFTER, waiting]
        )
    return bool(rows)
