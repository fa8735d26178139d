"""The ledger of a text, person by person, and why somebody got it or did not."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.attachments import tab
from backoffice.templatetags.relais import pill
from contacts.models import Contact
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import Reach
from sms.backoffice.writing import people, visible
from sms.models import Reason, State, Text, TextDelivery
from sms.services import explaining, refusals

PAGE = 50
STATES = {state.name.lower(): state for state in State}
HUES = {
    State.QUEUED: ("violet", "clock"),
    State.CLAIMED: ("accent", "player-play"),
    State.SENDING: ("accent", "player-play"),
    State.SENT: ("green", "check"),
    State.FAILED: ("red", "alert-circle"),
    State.UNCERTAIN: ("violet", "help-circle"),
    State.SKIPPED: ("amber", "user-off"),
    State.CANCELLED: ("", "circle-x"),
}
urlpatterns: list[Any] = []


def readable(request: HttpRequest, text: Text) -> QuerySet[TextDelivery]:
    """Return the deliveries of a text to contacts a user may see."""
    rows = TextDelivery.objects.filter(sms_id=text.pk)
    if not _sees_all(request):
        rows = rows.filter(contact_id__in=visible(request).values("pk"))
    return rows


def _sees_all(request: HttpRequest) -> bool:
    user: Any = request.user
    return user.reach("contacts", "view") is Reach.ALL


def state_pill(row: TextDelivery) -> Any:
    """Say where a delivery stands."""
    state = State(row.state)
    hue, picture = HUES[state]
    return pill(state.name.lower(), capfirst(state.label), hue, picture)


@tab("sms", "deliveries", gettext_lazy("Recipients"), "sms/deliveries.html", order=30)
def context(request: HttpRequest, text: Text) -> dict[str, Any]:
    """Show a page of the ledger, or what concerns one person."""
    asked = {key: request.GET.get(key, "") for key in ("state", "reason", "run", "before")}
    person = request.GET.get("person", "").replace("\0", "").strip()[:200]
    rows = _narrowed(readable(request, text), asked)
    if person:
        found = _found(request, person)
        return {
            **_choices(asked),
            "person": person,
            "persons": [_person(request, text, contact) for contact in found],
        }
    page = list(rows.order_by("-pk")[: PAGE + 1])
    kept = {key: value for key, value in asked.items() if value and key != "before"}
    last = page[PAGE - 1].pk if len(page) > PAGE else None
    return {
        **_choices(asked),
        "rows": _shown(request, page[:PAGE]),
        "older": urlencode({"tab": "deliveries", **kept, "before": last}) if last else "",
        "begun": bool(asked["before"]),
        "narrowed": bool(kept),
        "only_own": not _sees_all(request),
    }


def _found(request: HttpRequest, text: str) -> Iterable[Contact]:
    """Find who is named: `#12` by number, others by the beginning of name or address."""
    number = read_id(text.removeprefix("#")) if text.startswith("#") else None
    seen = visible(request)
    return seen.filter(pk=number) if number else people(seen, text)


def _choices(asked: dict[str, str]) -> dict[str, Any]:
    return {
        "asked": asked,
        "states": [(key, state.label) for key, state in STATES.items()],
        "reasons": Reason.choices,
    }


def _narrowed(rows: QuerySet[TextDelivery], asked: dict[str, str]) -> QuerySet[TextDelivery]:
    if asked["state"] in STATES:
        rows = rows.filter(state=STATES[asked["state"]])
    if asked["reason"] in Reason.values:
        rows = rows.filter(reason=asked["reason"])
    for key, column in (("run", "run_id"), ("before", "pk__lt")):
        if number := read_id(asked[key]):
            rows = rows.filter(**{column: number})
    return rows


def _shown(request: HttpRequest, rows: list[TextDelivery]) -> list[dict[str, Any]]:
    names = visible(request).in_bulk({row.contact_id for row in rows})
    return [
        {
            "row": row,
            "contact": names.get(row.contact_id),
            "state": state_pill(row),
            "why": refusals.said(row.reason),
        }
        for row in rows
    ]


def _person(request: HttpRequest, text: Text, contact: Contact) -> dict[str, Any]:
    rows = readable(request, text).filter(contact_id=contact.pk).order_by("-pk")[:10]
    told = explaining.explain(text, contact.pk, clock.now())
    return {
        "contact": contact,
        "rows": _shown(request, list(rows)),
        "explained": told,
        "verdict": _verdict(told),
    }


def _verdict(told: explaining.Explanation) -> str:
    """Say in a sentence what would become of a message written now."""
    if told.reason:
        words = refusals.said(told.reason)
        if told.waits_until:
            return _("Now it would wait: %(reason)s.") % {"reason": words}
        return _("Now it would be left out: %(reason)s.") % {"reason": words}
    if told.selected is False:
        return _("Not among the recipients: in none of the segments, or in an excluded one.")
    return _("Nothing stands in the way: it would go out now.")
