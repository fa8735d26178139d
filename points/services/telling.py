"""Tells where points come from: what a rule gave, and by which rules a contact got theirs."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from contacts.models import ContactState
from kernel import withholding
from kernel.actions import contact_actions
from kernel.filters.questions import within_time
from kernel.permissions import Actor, whose
from points.models import Idle, PointGroup, PointRule
from points.services.adjust import scores_of

PATIENCE_MS = 1_500
# The journal, and what of it grew old and was added up.
GIVEN = """
SELECT sum(times), count(DISTINCT contact_id), sum(points), sum(expired) FROM (
  SELECT contact_id, count(*) times, sum(points) points,
         coalesce(-sum(points) FILTER (WHERE expired_at IS NOT NULL), 0) expired
  FROM point_award WHERE rule_id = %(rule)s AND points <> 0 GROUP BY 1
  UNION ALL SELECT contact_id, times, points, -expired FROM point_tally
  WHERE rule_id = %(rule)s AND times > 0) a
WHERE %(owner)s::bigint IS NULL OR EXISTS (
  SELECT FROM contact c WHERE c.id = a.contact_id AND c.owner_id = %(owner)s)"""
BY_RULE = """
SELECT rule_id, group_id, sum(times), sum(points), min(expires_at) FROM (
  SELECT rule_id, group_id, 1 times, CASE WHEN expired_at IS NULL THEN points ELSE 0 END points,
         CASE WHEN expired_at IS NULL THEN expires_at END expires_at
  FROM point_award WHERE contact_id = %(contact)s AND points <> 0
  UNION ALL SELECT rule_id, group_id, times, points - expired, NULL FROM point_tally
  WHERE contact_id = %(contact)s AND times > 0) a
GROUP BY rule_id, group_id ORDER BY abs(sum(points)) DESC, rule_id"""


class _TooSlow(Exception):  # noqa: N818 - an answer
    """Adding up takes longer than a person waits."""


@dataclass(frozen=True)
class Given:
    """What a rule gave so far: how often, to how many, and how much, of which expired."""

    times: int
    people: int
    points: int
    expired: int


@dataclass(frozen=True)
class Part:
    """What came from one source; `times` is None where it is only what remains."""

    name: str
    points: int
    times: int | None = None
    # When the first of them are taken back.
    expires_at: datetime | None = None


@dataclass
class Told:
    """A score and its parts; the total has no group."""

    group: int | None
    name: str
    points: int
    parts: list[Part] = field(default_factory=list)


def given_by(rule: int, user: Actor) -> Given | None:
    """Add up what a rule gave to those a user sees; None where that takes too long."""
    values = {"rule": rule, "owner": whose(user, "contacts")}
    try:
        with within_time(_TooSlow, PATIENCE_MS), connection.cursor() as cursor:
            cursor.execute(GIVEN, values)
            return Given(*(int(number or 0) for number in cursor.fetchone()))
    except _TooSlow:
        return None


def told(contact: int) -> list[Told]:
    """Return a contact's scores, the total first, each with what it is made of.

    What no rule gave (campaigns, people, merges) is what remains.
    """
    total = ContactState.objects.filter(contact=contact).values_list("points", flat=True).first()
    scores = scores_of(contact)
    groups = PointGroup.objects.filter(pk__in=scores).order_by("name").values_list("pk", "name")
    found: dict[int | None, Told] = {None: Told(None, "", total or 0)}
    found |= {pk: Told(pk, name, scores[pk]) for pk, name in groups}
    with connection.cursor() as cursor:
        cursor.execute(BY_RULE, {"contact": contact})
        rows = cursor.fetchall()
    names = dict(
        PointRule.objects.filter(pk__in={row[0] for row in rows}).values_list("pk", "name")
    )
    for rule, group, times, points, expires_at in rows:
        if group in found:
            name = names.get(rule) or _("a rule that is gone")
            found[group].parts.append(Part(name, int(points or 0), int(times), expires_at))
    # What expired, or was taken back, counts there alone, though it had faded before.
    idle = {row.group_id: row.lost - row.settled for row in Idle.objects.filter(contact_id=contact)}
    for each in found.values():
        if gone := idle.get(each.group or 0):
            each.parts.append(Part(_("lost without activity"), -gone))
        if rest := each.points - sum(part.points for part in each.parts):
            each.parts.append(Part(_("everything else"), rest))
    return list(found.values())


def problem_said(problem: str) -> str:
    """Say in words what the actions of a trigger could not do, kept as `key: reason, …`."""
    parts = []
    for part in problem.split(", "):
        key, _colon, why = part.partition(": ")
        kind = contact_actions.get(key)
        parts.append(f"{kind.label}: {withholding.said(why)}" if kind else part)
    return ", ".join(parts)
