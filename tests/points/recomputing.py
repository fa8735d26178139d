"""What rules lead to, worked out anew from the log: plain loops, nothing of the product's own."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC

from kernel.events import type_id
from kernel.models import Event
from points.models import PointRule

MACHINE = 3


def recomputed(rules: list[PointRule], countries: Mapping[int, str]) -> dict[int, dict[int, int]]:
    """Return points by group (0 is the total) and contact, of whoever has any."""
    scores: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for rule in rules:
        found = Event.objects.filter(type_id=type_id(rule.event)).order_by("id")
        people = defaultdict(list)
        for event in found:
            if event.verdict != MACHINE and _meets(rule, event, countries):
                people[event.contact_id].append(event)
        for contact, events in people.items():
            scores[rule.group_id or 0][contact] += _points(rule, events)
    return {
        group: {contact: points for contact, points in people.items() if points}
        for group, people in scores.items()
        if any(people.values())
    }


def _meets(rule: PointRule, event: Event, countries: Mapping[int, str]) -> bool:
    shop = rule.where.get("shop")
    wanted = rule.filter["all"][0]["value"] if rule.filter else None
    in_shop = shop is None or (event.data or {}).get("shop") == shop
    return in_shop and (wanted is None or countries[event.contact_id] == wanted)


def _points(rule: PointRule, events: list[Event]) -> int:
    given, days, subjects = 0, defaultdict(int), set()
    for event in events[rule.nth - 1 :]:
        day = event.occurred_at.astimezone(UTC).date()
        room = [
            rule.most is None or given + abs(rule.delta) <= rule.most,
            rule.most_a_day is None or days[day] + abs(rule.delta) <= rule.most_a_day,
            rule.repeat != "contact" or not given,
            rule.repeat != "subject" or event.subject_id not in subjects,
        ]
        if all(room):
            given += abs(rule.delta)
            days[day] += abs(rule.delta)
            subjects.add(event.subject_id)
    return given if rule.delta > 0 else -given
