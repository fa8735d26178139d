"""The members of a segment: listed, added and removed by hand, and that taken back."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from api.errors import Refused
from api.paging import COUNTED_EXACTLY, Order, Paging, estimate, paginate
from backoffice import toasts, undo
from backoffice.columns import number
from backoffice.screens import Screen, leave_trail
from contacts.catalogue import CORE
from contacts.models import Contact
from contacts.values import display
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import Reach, narrow
from kernel.trail import Deed
from segments.models import Member, Segment
from segments.services.members import change

ROWS = 50
COUNTRY = next(spec for spec in CORE if spec.alias == "country")
MOST_ADDRESSES = 200
UNDO = "segments.members"
ORIGINS = {
    "filter": Member.Origin.FILTER,
    "added": Member.Origin.ADDED,
    "removed": Member.Origin.REMOVED,
}


def members(request: HttpRequest, segment: Segment) -> dict[str, Any]:
    """Return one page of the members a user may see, narrowed by a text and by who decided."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    origin = request.GET.get("by", "")
    rows = _inside(segment, request.user, origin)
    for word in text.split():
        begins = Q(first_name__istartswith=word) | Q(last_name__istartswith=word)
        rows = rows.filter(begins | Q(email_key__startswith=word.lower()))
    cursor = request.GET.get("cursor") or None
    paging = Paging(
        Order.read("-id", ["id"]), ROWS, cursor, f"members|{segment.pk}|{text}|{origin}"
    )
    try:
        page = paginate(rows, paging, clock.now())
    except Refused:
        page = paginate(rows, Paging(paging.order, ROWS, None, paging.scope), clock.now())
    search, found = {"q": text, "by": origin}, estimate(rows)
    return {
        "members": [_told(person) for person in page.rows],
        "found": ("~" if found > COUNTED_EXACTLY else "") + number(found),
        "text": text,
        "origin": origin,
        "origins": [
            ("", _("Members"), ""),
            ("added", _("Added by hand"), "added"),
            ("removed", _("Removed by hand"), "removed"),
        ],
        "older": urlencode({**search, "cursor": page.next}) if page.next else "",
        "begun": cursor is not None,
        "may_export": request.user.reach("contacts", "export") is not Reach.NONE,  # type: ignore[union-attr]
        "may_change": request.user.can("segments", "edit", segment.owner_id),  # type: ignore[union-attr]
    }


def _told(person: Any) -> tuple[Any, str]:
    person.country_name = display(COUNTRY, person.country, get_language() or "en")
    return person, _name(person)


def _name(person: Contact) -> str:
    words = f"{person.first_name or ''} {person.last_name or ''}".strip()
    return words or person.email or f"#{person.pk}"


def _inside(segment: Segment, user: Any, origin: str) -> QuerySet[Contact]:
    rows = Member.objects.filter(segment_id=segment.pk)
    if origin in ORIGINS:
        rows = rows.filter(manual=ORIGINS[origin])
    else:
        rows = rows.exclude(manual=Member.Origin.REMOVED)
    mine = rows.filter(contact_id=OuterRef("pk"))
    seen = narrow(Contact.objects.all(), user, "contacts", "view")
    return (
        seen.filter(pk__in=rows.values("contact_id"))
        .annotate(since=Subquery(mine.values("added_at")), decided=Subquery(mine.values("manual")))
        .only("id", "email", "first_name", "last_name", "city", "country", "owner_id")
    )


class ByHand(Screen):
    """Adding people by their address, and removing one."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change the members, and offer to take it back."""
        segment = self.item(pk, "edit")
        seen = narrow(Contact.objects.all(), self.user, "contacts", "view")
        back = HttpResponseRedirect(self.resource.url("item", pk))
        if "emails" in request.POST:
            wanted = request.POST["emails"].replace("\0", "").lower().replace(";", " ")
            written = list(dict.fromkeys(wanted.replace(",", " ").split()))[:MOST_ADDRESSES]
            found = dict(seen.filter(email_key__in=written).values_list("email_key", "pk"))
            unknown = [address for address in written if address not in found]
            self._change(segment, add=list(found.values()), unknown=unknown)
            return back
        person = read_id(request.POST.get("contact"))
        known = list(seen.filter(pk=person or 0).values_list("pk", flat=True))
        adds = request.POST.get("act") == "add"
        self._change(segment, add=known if adds else [], remove=[] if adds else known)
        return back

    def _change(
        self,
        segment: Segment,
        add: list[int] | None = None,
        remove: list[int] | None = None,
        unknown: list[str] | None = None,
    ) -> None:
        changed = change(segment, add or (), remove or (), now=clock.now())
        texts = [_said(changed.added, changed.removed)]
        if unknown:
            some = ", ".join(unknown[:3]) + ("…" if len(unknown) > 3 else "")
            texts.append(_("No contact has this address: %(addresses)s") % {"addresses": some})
        backwards = {"key": UNDO, "segment": segment.pk, "add": remove or [], "remove": add or []}
        moved = changed.added or changed.removed
        toasts.tell(self.request, " · ".join(texts), backwards if moved else None)
        if moved:
            after = {"added": add or [], "removed": remove or []}
            deed = Deed("segments", "members", object=segment.pk, name=segment.name, after=after)
            leave_trail(self.request, deed)


def _said(added: int, removed: int) -> str:
    if added:
        return ngettext("%(count)d person added", "%(count)d people added", added) % {
            "count": added
        }
    if removed:
        return ngettext("%(count)d person removed", "%(count)d people removed", removed) % {
            "count": removed
        }
    return _("Nobody was added or removed")


@undo.undoes(UNDO)
def _take_back(request: HttpRequest, document: Mapping[str, Any]) -> None:
    """Put people back, with the rights the user has now."""
    user: Any = request.user
    rows = narrow(Segment.objects.all(), user, "segments", "edit")
    segment = rows.filter(pk=document["segment"]).first()
    seen = narrow(Contact.objects.all(), user, "contacts", "view")
    if segment is None:
        toasts.tell(request, _("This can no longer be undone."))
        return
    with transaction.atomic():
        sides = {
            side: list(seen.filter(pk__in=document[side]).values_list("pk", flat=True))
            for side in ("add", "remove")
        }
        changed = change(segment, sides["add"], sides["remove"], now=clock.now())
        if changed.added or changed.removed:
            after = {"added": sides["add"], "removed": sides["remove"], "undone": True}
            deed = Deed("segments", "members", object=segment.pk, name=segment.name, after=after)
            leave_trail(request, deed)
    toasts.tell(request, _said(changed.added, changed.removed))
