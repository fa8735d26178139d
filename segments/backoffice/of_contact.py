"""The segments of a contact on their page, and why somebody is in one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from backoffice.attachments import card
from backoffice.screens import Screen
from contacts.models import Contact
from kernel import clock, filters
from kernel.filters.problems import FilterProblem
from kernel.ids import read_id
from kernel.permissions import narrow
from segments.models import Member, Segment
from segments.services import standing

MOST = 100


@card("contacts", "segments", "segments/of_contact.html", order=30, kind="segments")
def segments_of(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """Return the segments a contact is in, since when and whose decision that was."""
    mine = Member.objects.filter(contact_id=contact.pk).exclude(manual=Member.Origin.REMOVED)
    this = mine.filter(segment_id=OuterRef("pk"))
    seen: QuerySet[Segment] = narrow(Segment.objects.all(), _user(request), "segments", "view")
    rows = seen.filter(pk__in=mine.values("segment_id")).annotate(
        since=Subquery(this.values("added_at")[:1]), decided=Subquery(this.values("manual")[:1])
    )
    return {"segments": rows.order_by("name")[:MOST]}


@dataclass(frozen=True)
class Line:
    """A condition or group: how deep it stands, whether it holds, what is true of the person."""

    depth: int
    # None: not told.
    matches: bool | None
    words: str
    actual: str = ""


class Why(Screen):
    """Why somebody is in a segment, or is not: condition by condition."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Explain the filter for the contact that the address names."""
        segment = self.item(pk)
        people = narrow(Contact.objects.all(), self.user, "contacts", "view")
        contact = people.filter(pk=read_id(request.GET.get("contact")) or 0).first()
        if contact is None:
            raise Http404
        member = Member.objects.filter(segment_id=pk, contact_id=contact.pk).first()
        context = self.context(
            row=segment,
            contact=contact,
            member=member,
            inside=member is not None and member.manual != Member.Origin.REMOVED,
            **self._explained(segment, contact.pk),
        )
        return render(request, "segments/why.html", context)

    def _explained(self, segment: Segment, contact: int) -> dict[str, Any]:
        if segment.filter is None:
            return {}
        try:
            tree = filters.explain(segment.filter, contact, clock.now())
        except FilterProblem as problem:
            return {"problem": " ".join(one["message"] for one in problem.problems)}
        kept_out = standing.kept_out(contact, segment.filter)
        matches = tree["matches"] and not kept_out
        return {"lines": list(_lines(tree, 0)), "matches": matches, "kept_out": kept_out}


def _lines(tree: Mapping[str, Any], depth: int) -> Iterator[Line]:
    kind = next((name for name in ("all", "any", "none") if name in tree), None)
    if kind is None:
        actual = tree.get("actual")
        told = "" if actual in (None, "", []) else str(actual)
        yield Line(depth, tree["matches"], tree["sentence"], told)
        return
    words = {"all": _("all of"), "any": _("any of"), "none": _("none of")}
    yield Line(depth, tree["matches"], words[kind])
    for part in tree[kind]:
        yield from _lines(part, depth + 1)


def _user(request: HttpRequest) -> Any:
    return request.user
