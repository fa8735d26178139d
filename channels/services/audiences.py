"""Whom a broadcast chooses: the members of its segments, without those of the excluded ones."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from channels.models import Message
from kernel.permissions import Actor, Reach

# SQL over `c` and its values by name: the contacts that are counted.
Seen = tuple[str, dict[str, Any]]
EVERYBODY: Seen = ("true", {})
# Of larger audiences what is closed by its hash is left to the sending itself.
HASHED_AT_MOST = 20_000
MEMBERS = """
SELECT DISTINCT m.contact_id FROM member m
WHERE m.segment_id = ANY(%(included)s) AND m.manual <> 2 {limit}"""
CHOSEN = f"""
WITH included AS MATERIALIZED ({MEMBERS.format(limit="")}),
chosen AS MATERIALIZED (
  SELECT contact_id FROM included i
  WHERE NOT EXISTS (SELECT 1 FROM member x WHERE x.contact_id = i.contact_id
                    AND x.segment_id = ANY(%(excluded)s) AND x.manual <> 2))"""  # noqa: S608 - fragments of ours
TOTALS = f"""{CHOSEN}
SELECT (SELECT count(*) FROM included i {{of_included}}),
       (SELECT count(*) FROM chosen i {{of_included}})"""  # noqa: S608 - fragments of ours
MEMBER = """
SELECT EXISTS (SELECT 1 FROM member m WHERE m.contact_id = %(contact)s AND m.manual <> 2
               AND m.segment_id = ANY(%(included)s))
   AND NOT EXISTS (SELECT 1 FROM member m WHERE m.contact_id = %(contact)s AND m.manual <> 2
                   AND m.segment_id = ANY(%(excluded)s))"""


@dataclass(frozen=True)
class Audience:
    """Numbers of people: in the segments, after exclusions, new ones, and what hinders them."""

    included: int
    chosen: int
    # Without those an earlier run has reached.
    fresh: int
    reachable: int
    reasons: dict[str, int] = field(default_factory=dict)
    # They are too many to judge each now: `reachable` are those in the segments.
    is_rough: bool = False

    @property
    def excluded(self) -> int:
        """Return how many the excluded segments take away."""
        return self.included - self.chosen

    @property
    def reached_before(self) -> int:
        """Return how many got it by an earlier run."""
        return self.chosen - self.fresh


def seen_by(user: Actor) -> Seen:
    """Return the contacts a user may see."""
    reach = user.reach("contacts", "view")
    if reach is Reach.ALL:
        return EVERYBODY
    return ("c.owner_id = %(seen_by)s", {"seen_by": user.pk}) if reach else ("false", {})


def named(message: Message) -> dict[str, list[int]]:
    """Return the segments of a broadcast, as the statements here ask for them."""
    return {
        "included": list(message.segments.values_list("pk", flat=True)),
        "excluded": list(message.excluded_segments.values_list("pk", flat=True)),
    }


def totals(asked: dict[str, Any], seen: Seen) -> tuple[int, int]:
    """Count who is in the segments, and who after exclusions, of the contacts that are seen."""
    condition, values = seen
    inside = "" if seen == EVERYBODY else f"JOIN contact c ON c.id = i.contact_id AND {condition}"
    with connection.cursor() as cursor:
        cursor.execute(TOTALS.format(of_included=inside), {**asked, **values})
        included, chosen = cursor.fetchone()
    return included, chosen


def few(asked: dict[str, Any]) -> list[int] | None:
    """Return the members of the segments, unless they are many: hashes wait for the sending."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS.format(limit=f"LIMIT {HASHED_AT_MOST + 1}"), asked)
        found = [row[0] for row in cursor.fetchall()]
    return found if len(found) <= HASHED_AT_MOST else None


def judged(included: int, chosen: int, counted: dict[str | None, int]) -> Audience:
    """Put together who is there and whom what hinders; None: nothing does."""
    reachable = counted.pop(None, 0)
    reasons = {str(why): count for why, count in counted.items()}
    ordered = dict(sorted(reasons.items(), key=lambda pair: -pair[1]))
    return Audience(included, chosen, reachable + sum(reasons.values()), reachable, ordered)


def selects(message: Message, contact: int) -> bool | None:
    """Say whether a broadcast would choose a contact; None for other messages."""
    if message.type != Message.Type.SEGMENT:
        return None
    with connection.cursor() as cursor:
        cursor.execute(MEMBER, {"contact": contact, **named(message)})
        return bool(cursor.fetchone()[0])
