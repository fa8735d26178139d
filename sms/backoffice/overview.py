"""The first tab of a text: a broadcast is sent there, of others one sees what became of them."""

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice.columns import number
from kernel import clock
from kernel.permissions import Actor, narrow, whose
from segments.models import Segment
from sms.backoffice import behind, runs_shown
from sms.models import Text, TextRun
from sms.services import figures, preview, publishers


def share(part: int, whole: int) -> SafeString:
    """Write how many, and how much of the whole that is."""
    words = '{} <span class="quiet">{}</span>'
    return format_html(words, number(part), percent(part, whole))


def head(request: HttpRequest, text: Text) -> dict[str, Any]:
    """Return what the head of each tab shows: what may be done, and to which run."""
    user: Any = request.user
    closed = not publishers.may_change(text, user)
    seen = narrow(Text.objects.all(), user, "sms", "view")
    return {
        "original": seen.filter(pk=text.translation_of_id or 0).first(),
        "translations": list(seen.filter(translation_of=text).order_by("language", "name")),
        # Where the edit of who may not publish would go out.
        **({"editable": False} if closed else {}),
        "closed": closed and user.can("sms", "edit", text.owner_id),
        "may_publish": user.can("sms", "publish", text.owner_id),
        "opened": text.runs.filter(state__in=TextRun.OPEN).first(),
        "again": text.runs.exists(),
    }


def context(request: HttpRequest, text: Text) -> dict[str, Any]:
    """Return what the first tab shows."""
    if text.type == Text.Type.SEGMENT:
        return broadcast(request, text)
    owner = whose(cast("Actor", request.user), "contacts")
    seen = preview.preview(text, None, clock.now())
    shown: dict[str, Any] = {"only_own": owner is not None, "shown": seen}
    try:
        figures.attach([text], owner)
    except figures.Slow:
        return {**shown, "uncounted": True}
    return {**shown, "figures": headline(text, request.user)}


def broadcast(request: HttpRequest, text: Text) -> dict[str, Any]:
    """Return the run on its way, or the one of the address, and how the next one would be."""
    user = cast("Actor", request.user)
    runs = list(text.runs.select_related("owner").order_by("-pk")[:50])
    asked = request.GET.get("run", "")
    opened = next((run for run in runs if run.state in TextRun.OPEN), None)
    chosen = next((run for run in runs if str(run.pk) == asked), None)
    run = chosen or opened or (runs[0] if runs else None)
    shown: dict[str, Any] = {
        "run": run,
        "runs": runs,
        "included": _segments(request, text.segments.all()),
        "excluded": _segments(request, text.excluded_segments.all()),
    }
    if run is not None:
        others = [each for each in runs if each is not run]
        try:
            figures.attach(others, whose(user, "contacts"))
        except figures.Slow:
            for other in others:
                other.counts = None
        shown |= runs_shown.context(text, run, clock.now(), user)
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


def headline(text: Text, user: Any) -> list[KeyFigure]:
    """Return the key figures of a text, each with the people behind it."""
    counts = text.counts
    sent, selected = counts["sent"], counts["selected"]
    of_all = _("of %(count)s") % {"count": number(selected)} if selected else ""
    parts = _("in %(count)s parts") % {"count": number(counts["parts"])} if sent else ""
    figures = (
        ("sent", _("Sent"), " · ".join(part for part in (of_all, parts) if part)),
        ("delivered", _("Delivered"), percent(counts["delivered"], sent)),
        ("clicked", _("Clicked by people"), percent(counts["clicked"], sent)),
        ("replied", _("Answered"), percent(counts["replied"], sent)),
        ("failed", _("Failed"), percent(counts["failed"], selected)),
    )
    return [
        KeyFigure(
            label,
            number(counts[key]),
            since,
            behind.who_did(user, f"sms.{key}", text.pk) if counts[key] else "",
        )
        for key, label, since in figures
    ]


def percent(part: int, whole: int) -> str:
    """Write a part in hundredths; nothing where there is no whole."""
    return runs_shown.hundredths(100 * part / whole) if whole else ""
