"""The members of a segment, as the page lists them."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from api.errors import Refused
from api.paging import Order, Paging, estimate, paginate
from backoffice.bulk import in_words
from backoffice.columns import number
from contacts.catalogue import CORE
from contacts.models import Contact
from contacts.services.finding import by_words
from contacts.values import display
from kernel import clock
from kernel.permissions import Reach, narrow
from segments.backoffice.byhand import MOST_ADDRESSES
from segments.models import Member, Segment

ROWS = 50
COUNTRY = next(spec for spec in CORE if spec.alias == "country")
ORIGINS = {
    "filter": Member.Origin.FILTER,
    "added": Member.Origin.ADDED,
    "removed": Member.Origin.REMOVED,
}


def members(request: HttpRequest, segment: Segment) -> dict[str, Any]:
    """Return one page of the members a user may see, narrowed by a text and by who decided."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    origin = request.GET.get("by", "")
    rows = by_words(_inside(segment, request.user, origin), text)
    cursor = request.GET.get("cursor") or None
    paging = Paging(
        Order.read("-id", ["id"]), ROWS, cursor, f"members|{segment.pk}|{text}|{origin}"
    )
    try:
        page = paginate(rows, paging, clock.now())
    except Refused:
        page = paginate(rows, Paging(paging.order, ROWS, None, paging.scope), clock.now())
    search, known = {"q": text, "by": origin}, getattr(segment, "shown_members", None)
    return {
        "members": [_told(person) for person in page.rows],
        # How many there are altogether is kept, and need not be believed.
        "found": in_words(estimate(rows)) if text or origin or known is None else number(known),
        "so_far": known or 0,
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
        "most_addresses": MOST_ADDRESSES,
        "may_change": request.user.can("segments", "edit", segment.owner_id),  # type: ignore[union-attr]
    }


def _told(person: Any) -> tuple[Any, str]:
    person.country_name = display(COUNTRY, person.country, get_language() or "en")
    return person, str(person)


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
