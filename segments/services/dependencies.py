"""What a segment stands on and what stands on it: the segments of its filter, and all that uses it.

Two levels each way: further up and down one goes from segment to segment.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from kernel import usage
from kernel.permissions import Actor
from kernel.subjects import beyond
from segments.models import Segment

LEVELS = 2
KIND = "segment"
Links = dict[int, list[int]]


@dataclass
class Kin:
    """A segment above or below, and those it leads on to; its name only for who may see it."""

    id: int
    name: str | None
    kin: list["Kin"] = field(default_factory=list)


@dataclass(frozen=True)
class Dependencies:
    """What it reads, what reads it, and what else uses it; `hidden` uses one may not see."""

    parents: list[Kin]
    children: list[Kin]
    used_by: list[usage.Use]
    hidden: int


def dependencies(segment: Segment, user: Actor) -> Dependencies:
    """Look both ways; segments that are no longer there are left out."""
    others = [use for use in usage.used_by(KIND, segment.pk) if use.kind != KIND]
    shown, hidden = usage.seen(others, user)
    up, down = _links(segment.pk, _above), _links(segment.pk, _below)
    found = {number for links in (up, down) for below in links.values() for number in below}
    names = dict(Segment.objects.filter(pk__in=found).values_list("pk", "name"))
    unseen = beyond(KIND, sorted(found), user)

    def told(links: Links, numbers: Iterable[int], level: int) -> list[Kin]:
        kin = [
            Kin(
                number,
                None if number in unseen else names[number],
                told(links, links.get(number, ()), level + 1) if level < LEVELS else [],
            )
            for number in numbers
            if number in names
        ]
        return sorted(kin, key=lambda one: (one.name is None, (one.name or "").lower(), one.id))

    parents, children = (told(links, links.get(segment.pk, ()), 1) for links in (up, down))
    return Dependencies(parents, children, shown, hidden)


def _links(segment: int, next_to: Callable[[Collection[int]], Links]) -> Links:
    """Follow the levels, one statement each."""
    links: Links = {}
    edge: set[int] = {segment}
    for _level in range(LEVELS):
        fresh = next_to(edge - links.keys())
        links |= fresh
        edge = {number for numbers in fresh.values() for number in numbers}
    return links


def _above(numbers: Collection[int]) -> Links:
    rows = Segment.objects.filter(pk__in=numbers).only("pk", "uses")
    return {row.pk: sorted(row.parents()) for row in rows}


def _below(numbers: Collection[int]) -> Links:
    found: Links = {number: [] for number in numbers}
    for row in Segment.objects.naming(KIND, *numbers).only("pk", "uses"):
        for parent in row.parents() & found.keys():
            found[parent].append(row.pk)
    return found
