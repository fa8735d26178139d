"""People, segments and what became of them, for the tests of segments."""

from typing import Any

from contacts.models import Contact, ContactState
from kernel import changes, clock, events
from kernel.models import Event
from segments.models import Member, Segment
from segments.services import editing
from tests.settle import settle

FRENCH = {"field": "country", "op": "is", "value": "FR"}


def person(**values: Any) -> int:
    contact = Contact.objects.create(**values)
    ContactState.objects.create(contact=contact)
    return contact.pk


def follow(tree: Any, name: str = "Some") -> Segment:
    """Make a dynamic segment and let it be built."""
    segment = editing.create({"name": name, "filter": tree}, now=clock.now())
    settle()
    segment.refresh_from_db()
    assert segment.state == Segment.State.READY
    return segment


def inside(segment: Segment) -> set[int]:
    """Return the members; their count must say the same."""
    rows = Member.objects.filter(segment_id=segment.pk).exclude(manual=Member.Origin.REMOVED)
    found = set(rows.values_list("contact_id", flat=True))
    assert Segment.objects.counted().get(pk=segment.pk).count_now() == len(found)
    return found


def told(segment: Segment) -> list[str]:
    """Return the events of a segment in order: +5 entered, -5 left."""
    keys = {events.type_id("segments.entered"): "+", events.type_id("segments.left"): "-"}
    rows = Event.objects.filter(subject_id=segment.pk, type_id__in=keys).order_by("id")
    return [f"{keys[row.type_id]}{row.contact_id}" for row in rows]


def move(contact: int, **values: Any) -> None:
    """Change a contact and let everything react."""
    Contact.objects.filter(pk=contact).update(**values)
    changes.announce([contact], [f"field:{name}" for name in values])
    settle()
