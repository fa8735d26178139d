"""The ledger of an email, person by person, and why somebody got it or did not."""

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
from emails.backoffice.preview import people, visible
from emails.models import Delivery, Email, Reason, State
from emails.services import explaining, refusals
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import Reach

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


def readable(request: HttpRequest, email: Email) -> QuerySet[Delivery]:
    """Return the deliveries of an email to contacts a user may see."""
    rows = Delivery.objects.filter(email_id=email.pk)
    if not _sees_all(request):
        rows = rows.filter(contact_id__in=visible(request).values("pk"))
    return rows


def _sees_all(request: HttpRequest) -> bool:
    user: Any = request.user
    return user.reach("contacts", "view") is Reach.ALL


def state_pill(row: Delivery) -> Any:
    """Say where a delivery stands."""
    state = State(row.state)
    hue, picture = HUES[state]
    return pill(state.name.lower(), capfirst(state.label), hue, picture)


@tab("emails", "deliveries", gettext_lazy("Recipients"), "emails/deliveries.html", order=30)
def context(request: HttpRequest, email: Email) -> dict[str, Any]:
    """Show a page of the ledger, or what concerns one person."""
    asked = {key: request.GET.get(key, "") for key in ("state", "reason", "run", "before")}
    person = request.GET.get("person", "").replace("\0", "").strip()[:200]
    rows = _narrowed(readable(request, email), asked)
    if person:
        found = _found(request, person)
        return {
            **_choices(asked),
            "person": person,
            "persons": [_person(request, email, contact) for contact in found],
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


def _narrowed(rows: QuerySet[Delivery], asked: dict[str, str]) -> QuerySet[Delivery]:
    if asked["state"] in STATES:
        rows = rows.filter(state=STATES[asked["state"]])
    if asked["reason"] in Reason.values:
        rows = rows.filter(reason=asked["reason"])
    for key, column in (("run", "run_id"), ("before", "pk__lt")):
        if number := read_id(asked[key]):
            rows = rows.filter(**{column: number})
    return rows


def _shown(request: HttpRequest, rows: list[Delivery]) -> list[dict[str, Any]]:
    names = visible(request).in_bulk({row.contact_id for row in rows})
    return [
        {
            "row": row,
            "contact": names.get(row.contact_id),
            "state": state_pill(row),
            "why": refusals.said(row.reason) or _since(row),
        }
        for row in rows
    ]


def _since(row: Delivery) -> str:
    """Say what became known of it after it was sent."""
    if row.complained_at:
        return _("reported as spam")
    if row.bounced_at:
        return _("came back")
    return _("answered") if row.replied_at else ""


def _person(request: HttpRequest, email: Email, contact: Contact) -> dict[str, Any]:
    rows = readable(request, email).filter(contact_id=contact.pk).order_by("-pk")[:10]
    told = explaining.explain(email, contact.pk, clock.now())
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
