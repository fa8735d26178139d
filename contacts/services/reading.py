"""Contacts as the outside sees them: flat, by alias, whole batches in one statement."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from contacts.catalogue import CORE, Catalogue, catalogue
from kernel import clock, subjects
from kernel.documents import loads
from kernel.prepared import Prepared
from kernel.withholding import RESTRICTED

Flat = dict[str, Any]
_OWN = tuple(spec for spec in CORE if spec.kept in {"column", "state"})
_NAMES = tuple(spec.alias for spec in _OWN)
_MOMENTS = tuple(spec.alias for spec in _OWN if spec.type == "datetime")
# Reasons of a closed channel that say that the address itself bounced.
_BOUNCES = {"hard_bounce": "hard", "soft_bounce": "soft"}

# The companies of a contact, the primary one first.
COMPANIES = """
SELECT jsonb_agg(jsonb_build_array(o.id, o.name, o.id IS NOT DISTINCT FROM c.company_id, p.role)
                 ORDER BY o.id IS DISTINCT FROM c.company_id, o.name_key)::text
FROM (SELECT c.company_id AS id UNION
      SELECT x.company_id FROM company_person x WHERE x.contact_id = c.id) mine
JOIN company o ON o.id = mine.id
LEFT JOIN company_person p ON p.contact_id = c.id AND p.company_id = o.id"""


@lru_cache(maxsize=1)
def _statement() -> Prepared:
    columns = ", ".join(spec.sql for spec in _OWN)
    users = get_user_model()._meta.db_table
    sql = f"""
SELECT c.id, c.version, c.attrs::text, {columns},
  ({COMPANIES}), s.stage_id,
  u.id, coalesce(nullif(btrim(u.first_name || ' ' || u.last_name), ''), u.email),
  ARRAY(SELECT t.name FROM contact_tag ct JOIN tag t ON t.id = ct.tag_id
        WHERE ct.contact_id = c.id ORDER BY t.name_key),
  (SELECT jsonb_agg(jsonb_build_array(d.channel, d.reason, d.comment, {_moment("d.at")})
                    ORDER BY d.channel, d.at DESC, d.reason)::text
   FROM do_not_contact d WHERE d.contact_id = c.id),
  (SELECT jsonb_agg(jsonb_build_array(k.purpose, k.topic_id, k.state, {_moment("k.at")})
                    ORDER BY k.purpose, k.topic_id)::text
   FROM consent k WHERE k.contact_id = c.id),
  CASE WHEN c.withheld = {RESTRICTED} THEN (
    SELECT jsonb_build_array(r.ground, r.comment, {_moment("r.at")})::text
    FROM restriction r WHERE r.contact_id = c.id) END
FROM contact c
LEFT JOIN contact_state s ON s.contact_id = c.id
LEFT JOIN {users} u ON u.id = c.owner_id
WHERE c.id = ANY(%(contacts)s)"""  # noqa: S608 - columns from CORE
    return Prepared(sql, {"contacts": "bigint[]"})


def _moment(column: str) -> str:
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""


def flat(contacts: Iterable[int], fields: Catalogue | None = None) -> list[Flat]:
    """Return these contacts in the order asked for; those that are gone are left out.

    `fields` spares reading the catalogue again.
    """
    wanted = list(contacts)
    if not wanted:
        return []
    fields = fields or catalogue()
    with connection.cursor() as cursor:
        _statement().run(cursor, {"contacts": wanted})
        rows = cursor.fetchall()
    stages = subjects.names("stage", [row[-7] for row in rows if row[-7] is not None])
    # Copied as a whole: asking hundreds of fields one by one cost a third of a page.
    empty = dict.fromkeys(("id", *_NAMES, *fields.own))
    found = {row[0]: _shown(row, empty, stages) for row in rows}
    return [found[contact] for contact in wanted if contact in found]


def _shown(row: tuple[Any, ...], empty: Flat, stages: dict[int, str]) -> Flat:
    number, version, attrs, *own = row[: 3 + len(_OWN)]
    companies, stage, owner, owner_name, tags, closed, agreed, held = row[-8:]
    shown: Flat = empty.copy()
    shown.update((name, value) for name, value in loads(attrs).items() if name in empty)
    shown["id"] = str(number)
    shown.update(zip(_NAMES, own, strict=True))
    for name in _MOMENTS:
        if isinstance(shown[name], datetime):
            shown[name] = clock.iso(shown[name])
    belongs = [
        {"id": str(company), "name": name, "primary": primary, "role": role or ""}
        for company, name, primary, role in (loads(companies) if companies else ())
    ]
    shown["company"] = next((each["name"] for each in belongs if each["primary"]), None)
    shown["stage"] = _named(stage, stages.get(stage) if stage else None)
    shown["owner"] = _named(owner, owner_name)
    shown["tags"] = tags
    shown["do_not_contact"] = [
        {"channel": channel, "reason": reason, "comment": comment, "at": at}
        for channel, reason, comment, at in (loads(closed) if closed else ())
    ]
    shown["bounce"] = _bounce(shown["do_not_contact"])
    shown["consents"] = [
        {"purpose": purpose, "topic": str(topic) if topic else None, "state": state, "at": at}
        for purpose, topic, state, at in (loads(agreed) if agreed else ())
    ]
    shown["restriction"] = _restriction(held)
    shown["companies"] = belongs
    shown["version"] = version
    return shown


def _restriction(held: str | None) -> dict[str, str] | None:
    if held is None:
        return None
    return dict(zip(("ground", "comment", "at"), loads(held), strict=True))


def _named(number: int | None, name: str | None) -> dict[str, str] | None:
    return None if number is None else {"id": str(number), "name": name or ""}


def _bounce(closed: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return what is known of the address: how it bounced, when, and the last diagnostic."""
    for one in sorted(closed, key=lambda row: str(row["reason"])):
        if one["channel"] == "email" and one["reason"] in _BOUNCES:
            kind = _BOUNCES[one["reason"]]
            return {"state": kind, "at": one["at"], "diagnostic": one["comment"]}
    return None
