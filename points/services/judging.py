"""What a rule gives for an event, knowing what it gave before: pure arithmetic, no database."""

from dataclasses import dataclass, field
from datetime import date

from points.models import PointRule

Repeat = PointRule.Repeat


@dataclass
class Standing:
    """What a rule has seen of a person and given them, so far."""

    seen: int = 0
    # Points given, whatever their sign: in all, and by the day on which it happened.
    total: int = 0
    days: dict[date, int] = field(default_factory=dict)
    subjects: set[int | None] = field(default_factory=set)


def judge(
    rule: PointRule, standing: Standing, day: date, subject: int | None, *, given: int = 0
) -> int:
    """Return the points for the next event of a person, and take note of it in `standing`.

    What it was `given` before stays as much, whatever the rule gives today.
    """
    points = given or rule.delta
    standing.seen += 1
    size = abs(points)
    if standing.seen < rule.nth or not _again(rule, standing, subject):
        return 0
    if rule.most is not None and standing.total + size > rule.most:
        return 0
    if rule.most_a_day is not None and standing.days.get(day, 0) + size > rule.most_a_day:
        return 0
    note(standing, day, subject, size)
    return points


def note(standing: Standing, day: date, subject: int | None, size: int) -> None:
    """Take note of points that were given."""
    standing.total += size
    standing.days[day] = standing.days.get(day, 0) + size
    standing.subjects.add(subject)


def _again(rule: PointRule, standing: Standing, subject: int | None) -> bool:
    if rule.repeat == Repeat.CONTACT:
        return not standing.total
    return rule.repeat != Repeat.SUBJECT or subject not in standing.subjects
