"""The contacts behind each number: who waits at a node, who passed and how, who is parked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.models import Campaign, CampaignNode, Outcome
from campaigns.services.choosing import EVERYTHING, Choice
from contacts.models import Contact
from kernel import secrecy
from kernel.retelling import retold

WAITING = """
SELECT s.visit_id, s.pass, s.contact_id, n.name, s.arrived_at, s.due_at, s.attempts, s.error,
       NULL::smallint, NULL::timestamptz, NULL::text, s.node_id
FROM step s JOIN campaign_node n ON n.id = s.node_id
WHERE s.node_id = ANY(%(nodes)s::int[]) AND (s.state = 3) = %(parked)s AND {seen} AND {began}
  AND (s.visit_id, s.node_id, s.pass) < (%(visit)s, %(node)s, %(pass)s)
ORDER BY s.visit_id DESC, s.node_id DESC, s.pass DESC LIMIT %(limit)s"""
# Forgotten people are counted, not shown. Of each step its latest, by the index, however many there
# are.
PASSED = """
SELECT l.visit_id, l.pass, l.contact_id, n.name, NULL::timestamptz, NULL::timestamptz, NULL::int,
       NULL::text, l.outcome, l.at, l.reason, l.node_id
FROM campaign_node n CROSS JOIN LATERAL (
  SELECT * FROM step_log l WHERE l.node_id = n.id AND l.visit_id <= %(visit)s AND l.contact_id > 0
  AND (%(outcome)s::smallint IS NULL OR l.outcome = %(outcome)s) AND {seen} AND {began}
  AND l.at >= %(begins)s AND l.at < %(ends)s
  AND (l.visit_id, l.node_id, l.pass) < (%(visit)s, %(node)s, %(pass)s)
  ORDER BY l.visit_id DESC, l.pass DESC LIMIT %(limit)s) l
WHERE n.id = ANY(%(nodes)s::int[])
ORDER BY l.visit_id DESC, l.node_id DESC, l.pass DESC LIMIT %(limit)s"""
# Waits, in whichever version, for a date of the contact by one of some fields.
_DATED = """
SELECT DISTINCT n->>'id' FROM campaign_version v, jsonb_array_elements(v.graph->'nodes') n
WHERE v.campaign_id = %s AND n->>'kind' = 'wait' AND n->'config'->'until'->>'field' = ANY(%s)"""
OWN = "EXISTS (SELECT 1 FROM contact c WHERE c.id = {row}.contact_id AND c.owner_id = %(owner)s)"
BEGAN = """EXISTS (
  SELECT 1 FROM visit v WHERE v.id = {row}.visit_id AND v.version_id = %(version)s)"""
FIGURES = ("waiting", "done", "yes", "no", "not_measurable", "failed", "skipped")
_OUTCOMES = {
    "yes": Outcome.YES,
    "no": Outcome.NO,
    "not_measurable": Outcome.NOT_MEASURABLE,
    "skipped": Outcome.SKIPPED,
}
LAST = (2**63 - 1, 2**31 - 1, 2**15 - 1)


@dataclass(frozen=True)
class Found:
    """A contact at a node."""

    visit: int
    number: int
    contact: int
    node: str
    arrived_at: datetime | None
    due_at: datetime | None
    attempts: int | None
    error: str | None
    outcome: int | None
    at: datetime | None
    reason: str | None
    node_number: int


def contacts_behind(
    figure: str,
    nodes: Sequence[int],
    *,
    after: Sequence[int] = LAST,
    limit: int,
    choice: Choice = EVERYTHING,
    branch: int | None = None,
) -> list[Found]:
    """Return those behind a figure of some nodes, newest visit first, after a place in the list.

    Who passed is narrowed by the time chosen, who stands there is told as of now; `branch` is the
    place of a split's branch, from 0.
    """
    live = figure in ("waiting", "failed")
    row = "s" if live else "l"
    outcome = _OUTCOMES.get(figure) if branch is None else Outcome.BRANCH + branch
    with connection.cursor() as cursor:
        cursor.execute(
            (WAITING if live else PASSED).format(
                seen="true" if choice.owner is None else OWN.format(row=row),
                began="true" if choice.version is None else BEGAN.format(row=row),
            ),
            {
                **choice.values(),
                "nodes": list(nodes),
                "parked": figure == "failed",
                "outcome": outcome,
                "visit": after[0],
                "node": after[1],
                "pass": after[2],
                "limit": limit,
            },
        )
        return [Found(*row) for row in cursor.fetchall()]


def numbers(campaign: Campaign, name: str | None = None) -> list[int]:
    """Return the numbers of a campaign's nodes, or of the one asked for, in all editions."""
    rows = CampaignNode.objects.filter(campaign=campaign)
    if name is not None:
        rows = rows.filter(name=name)
    return list(rows.order_by("id").values_list("id", flat=True))


def names(contacts: Sequence[int]) -> dict[int, str]:
    """Say who contacts are: by name, else by address, else by number."""
    found = {number: f"#{number}" for number in contacts}
    rows = Contact.objects.filter(pk__in=contacts)
    for number, first, last, email in rows.values_list("pk", "first_name", "last_name", "email"):
        found[number] = f"{first or ''} {last or ''}".strip() or email or found[number]
    return found


def untold(campaign: int) -> frozenset[str]:
    """Name the waits whose end tells the reader a date they may not see."""
    if not (hidden := secrecy.names()):
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_DATED, [campaign, sorted(hidden)])
        return frozenset(row[0] for row in cursor.fetchall())


def shown(found: Found, untold: frozenset[str]) -> dict[str, Any]:
    """Return a row with the names of its codes, without what it lacks.

    When somebody goes on, or went on, from an `untold` wait is left out.
    """
    tells = found.node not in untold
    row = {
        "contact": str(found.contact),
        "node": found.node,
        "pass": found.number,
        "arrived_at": found.arrived_at,
        "due_at": found.due_at if tells else None,
        "attempts": found.attempts,
        "error": retold(found.error) if found.error else found.error,
        "outcome": _name(found.outcome),
        "at": found.at if tells else None,
        "reason": found.reason,
    }
    return {key: value for key, value in row.items() if value is not None}


def _name(outcome: int | None) -> str | None:
    if outcome is None:
        return None
    return "branch" if outcome >= Outcome.BRANCH else Outcome(outcome).name.lower()
