"""The contacts' own tables when two become one, or one is forgotten."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.db import connection

from kernel.events import event_types, type_id

# What clients tell about orders and the like: only the figures outlive the person.
FIGURES = ("amount", "currency")

# Merging lifts nothing: of consents the later word holds, but a refusal of profiling stays; of two
# restrictions the older stays whole; whoever is withheld then has no rank.
MERGE = """
UPDATE contact_state w SET points = w.points + l.points,
  last_active_at = greatest(w.last_active_at, l.last_active_at),
  stage_id = coalesce(w.stage_id, l.stage_id),
  activity_rank = greatest(w.activity_rank, l.activity_rank)
FROM contact_state l WHERE w.contact_id = %(winner)s AND l.contact_id = %(loser)s;
DELETE FROM contact_state WHERE contact_id = %(loser)s;

INSERT INTO contact_tag (contact_id, tag_id, added_at)
SELECT %(winner)s, tag_id, added_at FROM contact_tag WHERE contact_id = %(loser)s
ON CONFLICT DO NOTHING;
DELETE FROM contact_tag WHERE contact_id = %(loser)s;

INSERT INTO consent (contact_id, purpose, topic_id, state, at, asked_at)
SELECT %(winner)s, purpose, topic_id, state, at, asked_at FROM consent
WHERE contact_id = %(loser)s
ON CONFLICT (contact_id, purpose, topic_id) DO UPDATE
SET state = excluded.state, at = excluded.at, asked_at = excluded.asked_at
WHERE CASE
  WHEN consent.purpose = 'profiling' AND excluded.state = 'refused'
    THEN consent.state <> 'refused' OR consent.at < excluded.at
  WHEN consent.purpose = 'profiling' AND consent.state = 'refused' THEN false
  ELSE (excluded.state, consent.state) = ('granted', 'pending')
    OR consent.at < excluded.at AND (excluded.state, consent.state) <> ('pending', 'granted') END;
DELETE FROM consent WHERE contact_id = %(loser)s;
UPDATE consent_record SET contact_id = %(winner)s WHERE contact_id = %(loser)s;

INSERT INTO do_not_contact (contact_id, channel, reason, comment, at)
SELECT %(winner)s, channel, reason, comment, at FROM do_not_contact WHERE contact_id = %(loser)s
ON CONFLICT (contact_id, channel, reason) DO NOTHING;
DELETE FROM do_not_contact WHERE contact_id = %(loser)s;

INSERT INTO restriction (contact_id, ground, comment, source, at)
SELECT %(winner)s, ground, comment, source, at FROM restriction WHERE contact_id = %(loser)s
ON CONFLICT (contact_id) DO UPDATE SET
  ground = excluded.ground, comment = excluded.comment, source = excluded.source, at = excluded.at
WHERE excluded.at < restriction.at;
DELETE FROM restriction WHERE contact_id = %(loser)s;
UPDATE contact_state SET activity_rank = NULL WHERE contact_id = %(winner)s
  AND (SELECT withheld FROM contact WHERE id = %(winner)s) IS NOT NULL;

INSERT INTO channel_wish (contact_id, channel, most, per, quiet_from, quiet_to, pause_until)
SELECT %(winner)s, channel, most, per, quiet_from, quiet_to, pause_until FROM channel_wish
WHERE contact_id = %(loser)s ON CONFLICT DO NOTHING;
DELETE FROM channel_wish WHERE contact_id = %(loser)s;
UPDATE former_identifier SET contact_id = %(winner)s WHERE contact_id = %(loser)s;

INSERT INTO company_person (contact_id, company_id, role, since)
SELECT %(winner)s, company_id, role, since FROM company_person WHERE contact_id = %(loser)s
UNION ALL
SELECT %(winner)s, l.company_id, '', l.created_at FROM contact l JOIN contact w
  ON w.id = %(winner)s AND w.company_id <> l.company_id
WHERE l.id = %(loser)s AND NOT EXISTS (SELECT FROM company_person p
  WHERE (p.contact_id, p.company_id) = (l.id, l.company_id))
ON CONFLICT (contact_id, company_id) DO UPDATE SET
  role = coalesce(nullif(company_person.role, ''), excluded.role),
  since = least(company_person.since, excluded.since);
DELETE FROM company_person WHERE contact_id = %(loser)s;

INSERT INTO not_duplicate (low, high, at)
SELECT least(other, %(winner)s), greatest(other, %(winner)s), at FROM (
  SELECT CASE WHEN low = %(loser)s THEN high ELSE low END other, at FROM not_duplicate
  WHERE %(loser)s IN (low, high)) told
WHERE other <> %(winner)s ON CONFLICT DO NOTHING;
DELETE FROM not_duplicate WHERE %(loser)s IN (low, high);
"""

MERGE_LOG = """
UPDATE event SET contact_id = %(winner)s WHERE contact_id = %(loser)s;
INSERT INTO contact_activity (contact_id, type_id, count, first_at, last_at)
SELECT %(winner)s, type_id, count, first_at, last_at FROM contact_activity
WHERE contact_id = %(loser)s
ON CONFLICT (contact_id, type_id) DO UPDATE SET
  count = contact_activity.count + excluded.count,
  first_at = least(contact_activity.first_at, excluded.first_at),
  last_at = greatest(contact_activity.last_at, excluded.last_at);
DELETE FROM contact_activity WHERE contact_id = %(loser)s;
INSERT INTO action_done (cause, contact_id, done_at, outcome)
SELECT cause, %(winner)s, done_at, outcome FROM action_done WHERE contact_id = %(loser)s
ON CONFLICT DO NOTHING;
DELETE FROM action_done WHERE contact_id = %(loser)s;
UPDATE parked_change SET contacts = array_replace(contacts, %(loser)s::bigint, %(winner)s::bigint)
WHERE contacts @> ARRAY[%(loser)s::bigint];
"""

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
