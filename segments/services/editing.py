"""Creates, changes and deletes segments."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from kernel import jobs, usage
from kernel.filters import check, compiler, refuse
from kernel.filters.tree import read
from kernel.locks import SEGMENT_LOCK, wait_lock
from segments.models import Segment
from segments.services import members
from segments.services.building import BUILD

# One filter at a time may be given to a segment, or two could close a circle together.
FILTERS = 2
SWEEP = "segments.sweep"


def create(values: dict[str, Any], *, user: Any = None, now: datetime) -> Segment:
    """Create a segment; one with a filter is built as soon as a worker is free."""
    segment = Segment(**{**values, "filter": None}, created_at=now, updated_at=now)
    segment.state, segment.built_at = Segment.State.READY, now
    if values.get("filter") is None:
        segment.save()
        return segment
    usage.hold()
    check(values["filter"], user=user)
    segment.save()
    _follow(segment, values["filter"], now)
    return segment


def edit(segment: Segment, values: dict[str, Any], *, user: Any = None, now: datetime) -> Segment:
    """Change a segment; a new filter is built, none keeps its members as members by hand."""
    usage.hold()
    plain = {key: value for key, value in values.items() if key != "filter"}
    for name, value in plain.items():
        setattr(segment, name, value)
    segment.version, segment.updated_at = segment.version + 1, now
    segment.save(update_fields=[*plain, "version", "updated_at"])
    if "filter" not in values or values["filter"] == segment.filter:
        return segment
    # With a filter of its own it answers another question.
    segment.ready_made = None
    if values["filter"] is None:
        _stay(segment, now)
    else:
        check(values["filter"], user=user)
        _follow(segment, values["filter"], now)
    return segment


def delete(segment: Segment, now: datetime) -> None:
    """Delete a segment that nothing uses; its members are swept away afterwards."""
    usage.refuse_if_used("segment", segment.pk)
    segment.delete()
    jobs.enqueue(SWEEP, {}, now=now, alone=True)


def _follow(segment: Segment, tree: Any, now: datetime) -> None:
    node = read(tree)
    uses = sorted(compiler.uses(node))
    parents = {number for kind, number in uses if kind == "segment"}
    if parents:
        wait_lock(SEGMENT_LOCK, FILTERS)
        _refuse_circle(segment.pk, parents)
    segment.filter = _storable(tree)
    segment.reads = sorted(compiler.reads(node))
    segment.uses = [f"{kind}:{number}" for kind, number in uses]
    segment.follows_time = compiler.follows_time(node)
    segment.build = F("build") + 1
    segment.state, segment.error = Segment.State.BUILDING, ""
    segment.built_at = segment.evaluated_until = segment.builder = None
    segment.corrected = 0
    segment.save()
    segment.refresh_from_db()
    jobs.enqueue(BUILD, {}, now=now, alone=True)


def _stay(segment: Segment, now: datetime) -> None:
    segment.filter, segment.reads, segment.uses = None, [], []
    segment.follows_time, segment.evaluated_until = False, None
    segment.state, segment.error, segment.built_at = Segment.State.READY, "", now
    segment.build, segment.builder, segment.corrected = F("build") + 1, None, 0
    segment.save()
    segment.refresh_from_db()
    members.keep_all(segment.pk)
    # An evaluation that began before this may still write a member by filter.
    jobs.enqueue(SWEEP, {}, now=now, alone=True)


def _storable(value: Any) -> Any:
    """Write exact numbers as JSON has them; what a float would round stays a text."""
    if isinstance(value, dict):
        return {key: _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    return value


def refuse_circle(segment: int | None, tree: Any) -> None:
    """Refuse a filter that makes a segment depend on itself."""
    uses = compiler.uses(read(tree))
    if segment is not None:
        _refuse_circle(segment, {number for kind, number in uses if kind == "segment"})


def _refuse_circle(segment: int, parents: set[int]) -> None:
    """Walk up from each parent: a segment must not be its own ancestor."""
    for parent in sorted(parents):
        if segment in _with_ancestors(parent):
            message = _("This segment would depend on itself.")
            if parent != segment:
                name = Segment.objects.values_list("name", flat=True).get(pk=parent)
                message = _("This segment would depend on itself, by way of “%(name)s”.")
                message %= {"name": name}
            raise refuse("filter", "cycle", message)


def _with_ancestors(segment: int) -> set[int]:
    seen, next_up = set[int](), {segment}
    while next_up:
        seen |= next_up
        rows = Segment.objects.filter(pk__in=next_up)
        next_up = {number for row in rows for number in row.parents()} - seen
    return seen
