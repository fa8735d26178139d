"""What segments offer to the other apps."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from kernel import mentions, preferences, processing, retention, subjects, usage
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.changes import Changes
from kernel.contactdata import ContactData, Pairs, contact_data
from kernel.invariants import invariant
from kernel.permissions import PermissionKind, permission_kinds
from kernel.schedule import scheduled
from kernel.subscribers import Subscriber, subscribers
from segments import filters as filters
from segments import tasks
from segments.forms import ChangeForm
from segments.models import Member, Segment
from segments.services import auditing, evaluation, following, members, merging, restoring
from segments.services.editing import SWEEP

MINUTES = "segments.rebuild_minutes"


def _minutes(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1_440:
        raise ValueError(_("A number of minutes from 1 to 1440 is expected."))
    return value


preferences.declare(MINUTES, 10, _minutes)
scheduled(auditing.REBUILD, lambda: timedelta(minutes=preferences.get(MINUTES)))
scheduled(following.FOLLOW, tasks.EVERY_MINUTE)
scheduled(SWEEP, timedelta(days=1))


def _names(ids: list[int]) -> dict[int, str]:
    return dict(Segment.objects.filter(pk__in=ids).values_list("pk", "name"))


def _used(kind: str, numbers: Collection[int]) -> Iterator[tuple[int, usage.Use]]:
    wanted = {f"{kind}:{number}": number for number in numbers}
    for segment in Segment.objects.naming(kind, *numbers).only("pk", "name", "uses"):
        use = usage.Use("segment", segment.pk, segment.name)
        yield from ((wanted[key], use) for key in set(segment.uses) & wanted.keys())


subjects.declare("segment", _names, rights="segments", rows=Segment.objects.all())
usage.declare(_used)
retention.needed_by(following.needs)
mentions.declare("segment", "segment", "name", "filter")


@permission_kinds.register
class SegmentRights(PermissionKind):
    """Segments and who is in them."""

    key = "segments"
    label = _lazy("Segments")


@subscribers.register
class Evaluate(Subscriber):
    """Keeps dynamic segments up to date with every change."""

    key = "segments.evaluate"
    label = _lazy("Members of dynamic segments")
    order = 50

    def react(self, changes: Changes, now: datetime) -> None:
        """Evaluate whoever changed, for the segments that read what changed."""
        evaluation.react(changes, now)


@contact_actions.register
class ChangeSegments(ContactAction):
    """Add contacts to segments and remove them from others, as by hand."""

    key = "segments.change"
    label = _lazy("Change segments")
    form = ChangeForm
    icon = "users-group"
    reversible = undoable = True
    needs = "edit"

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Change the members, segment by segment in order of id."""
        add, remove = set(self.config.get("add", [])), set(self.config.get("remove", []))
        for segment in Segment.objects.filter(pk__in=add | remove).order_by("pk"):
            entering = batch.contacts if segment.pk in add else []
            leaving = batch.contacts if segment.pk in remove else []
            members.change(segment, entering, leaving, now=now, depth=batch.depth, bulk=batch.bulk)
        return Outcomes()

    def remarks(self) -> list[str]:
        """Say of dynamic segments that a hand outlasts the filter."""
        named = [*self.config.get("add", []), *self.config.get("remove", [])]
        found = Segment.objects.dynamic().filter(pk__in=named).order_by("pk")
        message = _(
            "The members of “%(name)s” follow a filter. Who is added or removed here stays so by"
            " hand, whatever the filter says."
        )
        return [message % {"name": segment.name} for segment in found]

    def before(self, contacts: Sequence[int]) -> Any:
        """Keep who is in the segments, and by whom that was decided."""
        return restoring.standing(self._segments(), contacts)

    def concerned(self, kept: Any) -> set[int]:
        """Return who did not stand already as they were put."""
        return {
            contact
            for segment, put in self._put(kept)
            for contact in restoring.moved(segment, kept[str(segment.pk)], put)
        }

    def take_back(self, kept: Any, contacts: Collection[int], now: datetime) -> set[int]:
        """Put everybody back whom nobody moved since."""
        back = set[int]()
        for segment, put in self._put(kept):
            back.update(restoring.restore(segment, kept[str(segment.pk)], contacts, put, now))
        return back

    def _put(self, kept: Iterable[str]) -> Iterator[tuple[Segment, Member.Origin]]:
        put_in = set(self.config.get("add", []))
        for segment in Segment.objects.filter(pk__in=map(int, kept)).order_by("pk"):
            put = Member.Origin.ADDED if segment.pk in put_in else Member.Origin.REMOVED
            yield segment, put

    def done(self, count: int, shown: str) -> str:
        """Say which segments they are in now, or no longer."""
        put, taken = (
            ngettext(
                "%(count)s contact added to %(names)s",
                "%(count)s contacts added to %(names)s",
                count,
            ),
            ngettext(
                "%(count)s contact removed from %(names)s",
                "%(count)s contacts removed from %(names)s",
                count,
            ),
        )
        parts = (
            words % {"count": shown, "names": subjects.quoted("segment", self.config[key])}
            for key, words in (("add", put), ("remove", taken))
            if self.config.get(key)
        )
        return " · ".join(parts)

    def _segments(self) -> list[int]:
        return sorted({*self.config.get("add", []), *self.config.get("remove", [])})

    def describe(self) -> str:
        """Say the names of the segments."""
        parts = []
        templates = {"add": _("add to %(names)s"), "remove": _("remove from %(names)s")}
        for key, template in templates.items():
            if ids := self.config.get(key):
                known = subjects.names("segment", ids)
                names = ", ".join(known.get(number, f"#{number}") for number in ids)
                parts.append(template % {"names": names})
        return "; ".join(parts) or str(self.label)

    def uses(self) -> list[tuple[str, int]]:
        """Name the segments."""
        ids = [*self.config.get("add", []), *self.config.get("remove", [])]
        return [("segment", int(number)) for number in ids]


@contact_data.register
class Memberships(ContactData):
    """Which segments a contact is in, or was taken out of by hand."""

    key = "segments.members"
    label = _lazy("Segments")
    counted = "member"
    tables: ClassVar[Sequence[str]] = ("member", "segment_evaluated", "segment_departure")

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Keep what was decided by hand; the filters decide the rest anew."""
        merging.merge(pairs, now)

    def export(self, contact: int) -> dict[str, Any]:
        """List the segments by name."""
        rows = Member.objects.filter(contact_id=contact).exclude(manual=Member.Origin.REMOVED)
        known = _names(list(rows.values_list("segment_id", flat=True)))
        return {
            "segments": [
                {"segment": known.get(row.segment_id, ""), "since": row.added_at.isoformat()}
                for row in rows.order_by("segment_id")
            ]
        }

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Take the contacts out of everything."""
        merging.forget(contacts, now)


invariant(
    "segments.member_of_something",
    "Every member is a contact, and every segment with members exists.",
    "SELECT m.segment_id, m.contact_id FROM member m LEFT JOIN contact c ON c.id = m.contact_id"
    " LEFT JOIN segment s ON s.id = m.segment_id WHERE c.id IS NULL"
    " OR (s.id IS NULL AND NOT EXISTS (SELECT 1 FROM job WHERE kind = 'segments.sweep'"
    " AND state IN ('queued', 'running')))",
)
invariant(
    "segments.by_hand",
    "A segment without a filter has members by hand only.",
    "SELECT m.segment_id, m.contact_id FROM member m JOIN segment s ON s.id = m.segment_id"
    " WHERE s.filter IS NULL AND m.manual <> 1 AND NOT EXISTS (SELECT 1 FROM job"
    " WHERE kind = 'segments.sweep' AND state IN ('queued', 'running'))",
)
invariant(
    "segments.counts",
    "The count of a segment is the number of its members.",
    "SELECT s.id, s.member_count, coalesce(d.n, 0), coalesce(m.n, 0) FROM segment s"
    " LEFT JOIN (SELECT segment_id, sum(delta) n FROM member_delta GROUP BY 1) d"
    " ON d.segment_id = s.id"
    " LEFT JOIN (SELECT segment_id, count(*) n FROM member WHERE manual <> 2 GROUP BY 1) m"
    " ON m.segment_id = s.id"
    " WHERE s.member_count + coalesce(d.n, 0) <> coalesce(m.n, 0)",
)

processing.declare(
    processing.Processing(
        key="segments.grouping",
        label=_lazy("Segments"),
        purpose=_lazy("Group contacts by what is known of them"),
        whose=_lazy("contacts; by conduct, those alone who do not object to profiling"),
        basis=_lazy("legitimate interest, or consent"),
        data=lambda: [_("who is in which segment, since when")],
        covers=("segments.members",),
        happens=Segment.objects.exists,
    )
)
