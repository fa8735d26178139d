"""Which segments there are, compiled into fixed packs of statements, in order of dependency."""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from kernel import withholding
from kernel.filters import FilterProblem, Mode, Sql, compiler
from kernel.filters.pieces import Moment
from kernel.filters.tree import Node, leaves, read
from segments.models import Segment
from segments.services import standing
from segments.services.statements import evaluation

logger = logging.getLogger(__name__)
# Segments of a pack: more share their columns, fewer are evaluated in vain.
PACK = 50


@dataclass(frozen=True)
class Part:
    """One dynamic segment, read."""

    segment: int
    build: int
    node: Node
    reads: frozenset[str]
    parents: frozenset[int]
    building: bool
    # Holds a regular expression: evaluated alone, under a time limit.
    risky: bool

    def case(self, mode: Mode) -> tuple[int, Sql]:
        """Return what makes a contact its member."""
        return self.segment, standing.among_allowed(compiler.fragment(self.node, mode), self.reads)


@dataclass(frozen=True)
class Pack:
    """Segments that are evaluated by one prepared statement."""

    parts: tuple[Part, ...]
    reads: frozenset[str]
    name: str
    statement: str
    moments: tuple[Moment, ...]

    @property
    def segments(self) -> frozenset[int]:
        """Return the ids."""
        return frozenset(part.segment for part in self.parts)

    @property
    def risky(self) -> bool:
        """Say whether it may take long."""
        return self.parts[0].risky


@dataclass(frozen=True)
class Plan:
    """All dynamic segments at one moment: packs by level, each level reading only those before."""

    stamp: object
    levels: tuple[tuple[Pack, ...], ...]

    def packs(self) -> Iterator[Pack]:
        """Walk the packs, parents first."""
        return (pack for level in self.levels for pack in level)

    def parts(self) -> dict[int, Part]:
        """Return the segments by id."""
        return {part.segment: part for pack in self.packs() for part in pack.parts}


_kept: dict[str, Plan] = {}
# Filters read once; ids of segments are never given again.
_read: dict[tuple[str, int, int], Part] = {}


def current() -> Plan:
    """Return the plan in force; one cheap query tells whether a filter or a state changed."""
    database = str(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg((id, build, state)::text ORDER BY id) FROM segment"
            " WHERE filter IS NOT NULL AND state <> 'failed'"
        )
        stamp = cursor.fetchone()[0]
    kept = _kept.get(database)
    if kept is None or kept.stamp != stamp:
        rows = Segment.objects.dynamic().exclude(state=Segment.State.FAILED).order_by("pk")
        kept = Plan(stamp, _levels([part for row in rows if (part := _part(row))]))
        _kept[database] = kept
    return kept


def forget() -> None:
    """Drop what is kept of filters: another database stands under the same name."""
    _kept.clear()
    _read.clear()


def only(segments: Iterable[int]) -> tuple[Pack, ...]:
    """Return packs of just these segments, for work that concerns no others."""
    wanted = set(segments)
    parts = [part for number, part in current().parts().items() if number in wanted]
    return tuple(pack for level in _levels(parts) for pack in level)


def apart(pack: Pack) -> Iterator[Pack]:
    """Return a pack of each segment of a pack, to find the one at fault."""
    return (_pack([part]) for part in pack.parts)


def _part(row: Segment) -> Part | None:
    key = (str(connection.settings_dict["NAME"]), row.pk, row.build)
    if key not in _read:
        try:
            _read[key] = _newly_read(row)
        except FilterProblem as problem:
            # What it names is gone in a way that only hands on the database can bring about.
            logger.warning("Segment %s cannot be read: %s", row.pk, problem.errors)
            return None
    return replace(_read[key], building=row.state == Segment.State.BUILDING)


def _newly_read(row: Segment) -> Part:
    node = read(row.filter)
    return Part(
        segment=row.pk,
        build=row.build,
        node=node,
        reads=frozenset({*compiler.reads(node), withholding.READ}),
        parents=frozenset(row.parents()),
        building=False,
        risky=any(leaf.condition.risky for leaf in leaves(node)),
    )


def _levels(parts: Sequence[Part]) -> tuple[tuple[Pack, ...], ...]:
    """Sort by dependency; what would go round in circles (refused on saving) comes last."""
    left = {part.segment: part for part in parts}
    levels = []
    while left:
        free = [part for part in left.values() if not part.parents & left.keys()]
        for part in free or list(left.values()):
            del left[part.segment]
        levels.append(_packs(free or list(parts)))
        if not free:
            break
    return tuple(levels)


def _packs(parts: Sequence[Part]) -> tuple[Pack, ...]:
    """Put together what reads the same, so that a change touches few packs."""
    calm = sorted((part for part in parts if not part.risky), key=_likeness)
    groups: list[Sequence[Part]] = [calm[at : at + PACK] for at in range(0, len(calm), PACK)]
    groups += [[part] for part in parts if part.risky]
    return tuple(_pack(group) for group in groups)


def _likeness(part: Part) -> tuple[Any, ...]:
    """Sort events first, then the rest, by what is read."""
    return sorted(part.reads, key=lambda name: (not name.startswith("event:"), name)), part.segment


def _pack(parts: Sequence[Part]) -> Pack:
    statement, moments = evaluation([part.case(Mode.BATCH) for part in parts])
    digest = hashlib.sha256(statement.encode()).hexdigest()[:20]
    return Pack(
        parts=tuple(parts),
        reads=frozenset(name for part in parts for name in part.reads),
        name=f"segments_{digest}",
        statement=statement,
        moments=tuple(moments),
    )
