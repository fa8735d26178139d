"""The first tab of an email: a broadcast is sent there, of others one sees what became of them."""

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice.columns import number
from emails.backoffice import behind, runs_shown
from emails.models import Email, Send
from emails.services import figures, publishers
from kernel import clock
from kernel.permissions import Actor, narrow, whose
from segments.models import Segment


def share(part: int, whole: int) -> SafeString:
    """Write how many, and how much of the whole that is."""
    words = '{} <span class="quiet">{}</span>'
    return format_html(words, number(part), percent(part, whole))


def head(request: HttpRequest, email: Email) -> dict[str, Any]:
    """Return what the head of each tab shows: what may be done, and to which run."""
    user: Any = request.user
    closed = not publishers.may_change(email, user)
    return {
        # Where the edit of who may not publish would go out.
        **({"editable": False} if closed else {}),
        "closed": closed and user.can("emails", "edit", email.owner_id),
        "may_publish": user.can("emails", "publish", email.owner_id),
        "opened": email.sends.filter(state__in=Send.OPEN).first(),
        "again": email.sends.exists(),
    }


def context(request: HttpRequest, email: Email) -> dict[str, Any]:
    """Return what the first tab shows."""
    if email.type == Email.Type.SEGMENT:
        return broadcast(request, email)
    owner = whose(cast("Actor", request.user), "contacts")
    shown: dict[str, Any] = {"only_own": owner is not None}
    try:
        figures.attach_to_emails([email], owner)
    except figures.Slow:
        return {**shown, "uncounted": True}
    return {**shown, "figures": headline(email, request.user)}


def broadcast(request: HttpRequest, email: Email) -> dict[str, Any]:
    """Return the run on its way, or the one of the address, and how the next one would be."""
    user = cast("Actor", request.user)
    runs = list(email.sends.select_related("owner").order_by("-pk")[:50])
    asked = request.GET.get("run", "")
    opened = next((run for run in runs if run.state in Send.OPEN), None)
    chosen = next((run for run in runs if str(run.pk) == asked), None)
    run = chosen or opened or (runs[0] if runs else None)
    shown: dict[str, Any] = {
        "run": run,
        "runs": runs,
        "included": _segments(request, email.segments.all()),
        "excluded": _segments(request, email.excluded_segments.all()),
    }
    if run is not None:
        others = [each for each in runs if each is not run]
        try:
            figures.attach(others, whose(user, "contacts"))
        except figures.Slow:
            for other in others:
                other.counts = None
        shown |= runs_shown.context(email, run, clock.now(), user)
    return shown


def _segments(request: HttpRequest, chosen: QuerySet[Segment]) -> dict[str, Any]:
    """Return those a user may see, each with the members they may see, and how many more."""
    user: Any = request.user
    rows = Segment.objects.counted_for(user).filter(pk__in=chosen.values("pk"))
    seen = list(narrow(rows, user, "segments", "view").order_by("name"))
    return {"seen": seen, "hidden": chosen.count() - len(seen)}


@dataclass(frozen=True)
class KeyFigure:
    """A number, what stands under it, and the people behind it where one may see them."""

    name: Any
    value: str
    since: str = ""
    url: str = ""


def headline(email: Email, user: Any) -> list[KeyFigure]:
    """Return the key figures of an email."""
    counts = email.counts
    sent = counts["sent"]
    by_machine = _("and %(count)s by machines only")
    alone = counts["opened_by_machine_only"]
    machines = by_machine % {"count": number(alone)} if alone else ""
    opened = " · ".join(part for part in (percent(counts["opened"], sent), machines) if part)
    of_all = _("of %(count)s") % {"count": number(counts["selected"])}
    shares = {
        "sent": of_all if counts["selected"] else "",
        "opened": opened,
        "failed": percent(counts["failed"], counts["selected"]),
    }
    return [
        KeyFigure(
            label,
            number(counts[key]),
            shares.get(key, percent(counts[key], sent)),
            _behind(key, email, user) if counts[key] else "",
        )
        for key, label in (
            ("sent", _("Sent")),
            ("opened", _("Opened by people")),
            ("clicked", _("Clicked by people")),
            ("unsubscribed", _("Unsubscribed")),
            ("failed", _("Failed")),
        )
    ]


def _behind(key: str, email: Email, user: Any) -> str:
    if key in ("sent", "failed"):
        return behind.in_state(user, email.pk, key)
    return behind.who_did(user, f"emails.{key}", email.pk)


def percent(part: int, whole: int) -> str:
    """Write a part in hundredths; nothing where there is no whole."""
    return runs_shown.hundredths(100 * part / whole) if whole else ""
