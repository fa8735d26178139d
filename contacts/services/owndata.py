"""The contacts' own tables when two become one, or one is forgotten."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.db import connection

from kernel.contactdata import PAIRS
from kernel.events import event_types, type_id

# What clients tell about orders and the like: only the figures outlive the person.
FIGURES = ("amount", "currency")

# Merging lifts nothing: of consents the later word holds, but a refusal of profiling stays; of two
# restrictions the older stays whole; whoever is withheld then has no rank.
MERGE = f"""
UPDATE contact_state w SET points = w.points + l.points,
  last_active_at = greatest(w.last_active_at, l.last_active_at),
  stage_id = coalesce(w.stage_id, l.stage_id),
  activity_rank = greatest(w.activity_rank, l.activity_rank)
FROM {PAIRS} JOIN contact_state l ON l.contact_id = p.loser WHERE w.contact_id = p.winner;
DELETE FROM contact_state WHERE contact_id = ANY(%(losers)s::bigint[]);
-- Who became one with another meanwhile is not erased: nobody decided that about the two of them.
DELETE FROM departure WHERE contact_id = ANY(%(losers)s::bigint[] || %(winners)s::bigint[]);

INSERT INTO contact_tag (contact_id, tag_id, added_at)
SELECT p.winner, l.tag_id, l.added_at FROM {PAIRS} JOIN contact_tag l ON l.contact_id = p.loser
ON CONFLICT DO NOTHING;
DELETE FROM contact_tag WHERE contact_id = ANY(%(losers)s::bigint[]);

INSERT INTO consent (contact_id, purpose, topic_id, state, at, asked_at)
SELECT p.winner, l.purpose, l.topic_id, l.state, l.at, l.asked_at
FROM {PAIRS} JOIN consent l ON l.contact_id = p.loser
ON CONFLICT (contact_id, purpose, topic_id) DO UPDATE
SET state = excluded.state, at = excluded.at, asked_at = excluded.asked_at
WHERE CASE
  WHEN consent.purpose = 'profiling' AND excluded.state = 'refused'
    THEN consent.state <> 'refused' OR consent.at < excluded.at
  WHEN consent.purpose = 'profiling' AND consent.state = 'refused' THEN false
  ELSE (excluded.state, consent.state) = ('granted', 'pending')
    OR consent.at < excluded.at AND (excluded.state, consent.state) <> ('pending', 'granted') END;
DELETE FROM consent WHERE contact_id = ANY(%(losers)s::bigint[]);
UPDATE consent_record r SET contact_id = p.winner FROM {PAIRS} WHERE r.contact_id = p.loser;

INSERT INTO do_not_contact (contact_id, channel, reason, comment, at)
SELECT p.winner, l.channel, l.reason, l.comment, l.at
FROM {PAIRS} JOIN do_not_contact l ON l.contact_id = p.loser
ON CONFLICT (contact_id, channel, reason) DO NOTHING;
DELETE FROM do_not_contact WHERE contact_id = ANY(%(losers)s::bigint[]);

INSERT INTO restriction (contact_id, ground, comment, source, at)
SELECT p.winner, l.ground, l.comment, l.source, l.at
FROM {PAIRS} JOIN restriction l ON l.contact_id = p.loser
ON CONFLICT (contact_id) DO UPDATE SET
  ground = excluded.ground, comment = excluded.comment, source = excluded.source, at = excluded.at
WHERE excluded.at < restriction.at;
DELETE FROM restriction WHERE contact_id = ANY(%(losers)s::bigint[]);
UPDATE contact_state w SET activity_rank = NULL FROM contact c
WHERE w.contact_id = ANY(%(winners)s::bigint[]) AND c.id = w.contact_id AND c.withheld IS NOT NULL;

INSERT INTO channel_wish (contact_id, channel, most, per, quiet_from, quiet_to, pause_until)
SELECT p.winner, l.channel, l.most, l.per, l.quiet_from, l.quiet_to, l.pause_until
FROM {PAIRS} JOIN channel_wish l ON l.contact_id = p.loser ON CONFLICT DO NOTHING;
DELETE FROM channel_wish WHERE contact_id = ANY(%(losers)s::bigint[]);
UPDATE former_identifier f SET contact_id = p.winner FROM {PAIRS} WHERE f.contact_id = p.loser;

INSERT INTO company_person (contact_id, company_id, role, since)
SELECT p.winner, l.company_id, l.role, l.since
FROM {PAIRS} JOIN company_person l ON l.contact_id = p.loser
UNION ALL
SELECT p.winner, l.company_id, '', l.created_at FROM {PAIRS} JOIN contact l ON l.id = p.loser
  JOIN contact w ON w.id = p.winner AND w.company_id <> l.company_id
WHERE NOT EXISTS (SELECT FROM company_person p
  WHERE (p.contact_id, p.company_id) = (l.id, l.company_id))
ON CONFLICT (contact_id, company_id) DO UPDATE SET
  role = coalesce(nullif(company_person.role, ''), excluded.role),
  since = least(company_person.since, excluded.since);
DELETE FROM company_person WHERE contact_id = ANY(%(losers)s::bigint[]);

INSERT INTO not_duplicate (low, high, at)
SELECT least(one, other), greatest(one, other), min(at) FROM (
  SELECT coalesce(l.winner, d.low) one, coalesce(h.winner, d.high) other, d.at
  FROM not_duplicate d
  LEFT JOIN {PAIRS.replace("AS p", "AS l")} ON l.loser = d.low
  LEFT JOIN {PAIRS.replace("AS p", "AS h")} ON h.loser = d.high
  WHERE d.low = ANY(%(losers)s::bigint[]) OR d.high = ANY(%(losers)s::bigint[])) told
WHERE one <> other GROUP BY 1, 2
ON CONFLICT (low, high) DO UPDATE SET at = excluded.at WHERE excluded.at < not_duplicate.at;
DELETE FROM not_duplicate
WHERE low = ANY(%(losers)s::bigint[]) OR high = ANY(%(losers)s::bigint[]);
"""  # noqa: S608 - a constant

# Events lie in many partitions: by their contacts alone each is read by its index.
MERGE_LOG = f"""
UPDATE event e SET contact_id = p.winner FROM {PAIRS}
WHERE e.contact_id = ANY(%(losers)s::bigint[]) AND e.contact_id = p.loser;
INSERT INTO contact_activity (contact_id, type_id, count, first_at, last_at)
SELECT p.winner, l.type_id, l.count, l.first_at, l.last_at
FROM {PAIRS} JOIN contact_activity l ON l.contact_id = p.loser
ON CONFLICT (contact_id, type_id) DO UPDATE SET
  count = contact_activity.count + excluded.count,
  first_at = least(contact_activity.first_at, excluded.first_at),
  last_at = greatest(contact_activity.last_at, excluded.last_at);
DELETE FROM contact_activity WHERE contact_id = ANY(%(losers)s::bigint[]);
INSERT INTO action_done (cause, contact_id, done_at, outcome)
SELECT l.cause, p.winner, l.done_at, l.outcome
FROM {PAIRS} JOIN action_done l ON l.contact_id = p.loser
ON CONFLICT DO NOTHING;
DELETE FROM action_done WHERE contact_id = ANY(%(losers)s::bigint[]);
UPDATE parked_change SET contacts = (
  SELECT array_agg(coalesce(p.winner, told.id) ORDER BY told.place)
  FROM unnest(contacts) WITH ORDINALITY AS told(id, place) LEFT JOIN {PAIRS} ON p.loser = told.id)
WHERE contacts && %(losers)s::bigint[];
"""  # noqa: S608 - a constant

ERASE = """
DELETE FROM identifier WHERE contact_id = ANY(%(contacts)s);
DELETE FROM former_identifier WHERE contact_id = ANY(%(contacts)s);
DELETE FROM not_duplicate WHERE low = ANY(%(contacts)s) OR high = ANY(%(contacts)s);
DELETE FROM merge WHERE winner_id = ANY(%(contacts)s);
DELETE FROM contact_tag WHERE contact_id = ANY(%(contacts)s);
DELETE FROM consent WHERE contact_id = ANY(%(contacts)s);
SET LOCAL relais.forgetting = 'on';
DELETE FROM consent_record WHERE contact_id = ANY(%(contacts)s);
SET LOCAL relais.forgetting = 'off';
DELETE FROM do_not_contact WHERE contact_id = ANY(%(contacts)s);
DELETE FROM channel_wish WHERE contact_id = ANY(%(contacts)s);
DELETE FROM restriction WHERE contact_id = ANY(%(contacts)s);
DELETE FROM company_person WHERE contact_id = ANY(%(contacts)s);
DELETE FROM departure WHERE contact_id = ANY(%(contacts)s);
DELETE FROM contact_state WHERE contact_id = ANY(%(contacts)s);
"""

# Every erased person keeps a number of their own, so that figures about people stay right.
ERASE_LOG = """
UPDATE event e SET contact_id = gone.nobody, data = (
  SELECT jsonb_object_agg(d.key, d.value) FROM jsonb_each(e.data) d
  JOIN unnest(%(types)s::smallint[], %(keys)s::text[]) k(type, key)
    ON k.key = d.key AND (k.type = e.type_id OR k.type = 0))
FROM unnest(%(contacts)s::bigint[], %(nobodies)s::bigint[]) AS gone(contact, nobody)
WHERE e.contact_id = ANY(%(contacts)s) AND e.contact_id = gone.contact;
DELETE FROM contact_activity WHERE contact_id = ANY(%(contacts)s);
DELETE FROM action_done WHERE contact_id = ANY(%(contacts)s);
DELETE FROM parked_change WHERE contacts && %(contacts)s::bigint[];
UPDATE change SET contact_ids = (
  SELECT array_agg(coalesce(gone.nobody, told.id) ORDER BY told.place)
  FROM unnest(change.contact_ids) WITH ORDINALITY AS told(id, place)
  LEFT JOIN unnest(%(contacts)s::bigint[], %(nobodies)s::bigint[]) AS gone(contact, nobody)
    ON gone.contact = told.id)
WHERE bulk = ANY('{false,true}') AND lane = ANY(%(lanes)s::smallint[])
  AND contact_ids && %(contacts)s::bigint[] AND %(gone)s <> ALL(reads);
"""


def run(statements: str, values: dict[str, Any]) -> None:
    """Run several statements with the same values."""
    with connection.cursor() as cursor:
        cursor.execute(statements, values)


def nobody() -> int:
    """Return a number that no contact has and that leads to none."""
    return -secrets.randbelow(2**62) - 1


def figures() -> tuple[Sequence[int], Sequence[str]]:
    """Return which keys of which events' data are figures; type 0 stands for all."""
    pairs = [(0, key) for key in FIGURES]
    for kind in event_types:
        if not kind.open_to_api:
            pairs += [(type_id(kind.key), key) for key in kind.conditions.values()]
    return [kind for kind, _key in pairs], [key for _kind, key in pairs]
