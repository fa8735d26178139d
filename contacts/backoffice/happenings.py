"""The timeline of a contact on screen: days, tiles, sentences, where it came from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice.resource import resources
from backoffice.screens import Screen
from contacts.services import timeline
from contacts.services.origins import Origin
from contacts.services.timeline import Asked, Happening
from kernel import clock, moments
from kernel.filters import choices
from kernel.ids import read_id

PAGE = 30
# Resources whose things nothing uses, but much comes from.
PAGES = {"import": "imports"}
LONGEST = 100
KINDS = (
    ("", _lazy("All")),
    ("mails", _lazy("Emails")),
    ("texts", _lazy("SMS")),
    ("web", _lazy("Web")),
    ("orders", _lazy("Orders")),
    ("notes", _lazy("Notes")),
    ("changes", _lazy("Changes")),
)
# Icon and hue of the tile, by the longest beginning of the type that is known.
TILES = {
    "emails.opened": ("mail-opened", "condition"),
    "emails.clicked": ("click", "action"),
    "emails.bounced": ("mail-x", "fail"),
    "emails.failed": ("mail-x", "fail"),
    "emails.complained": ("alert-triangle", "fail"),
    "emails.replied": ("message-circle", "goal"),
    "emails.unsubscribed": ("mail-off", "exit"),
    "emails.skipped": ("mail-off", "exit"),
    "emails.cancelled": ("mail-off", "exit"),
    "emails.uncertain": ("help-circle", "condition"),
    "emails.": ("mail", "action"),
    "sms.replied": ("message-circle", "goal"),
    "sms.clicked": ("click", "action"),
    "sms.failed": ("send-off", "fail"),
    "sms.skipped": ("send-off", "exit"),
    "sms.cancelled": ("send-off", "exit"),
    "sms.uncertain": ("help-circle", "condition"),
    "sms.": ("message", "action"),
    "pages.": ("world", "source"),
    "visits.": ("login-2", "source"),
    "products.": ("eye", "source"),
    "carts.": ("shopping-cart", "source"),
    "orders.": ("shopping-cart", "goal"),
    "forms.": ("forms", "source"),
    "notes.call": ("phone", "wait"),
    "notes.meeting": ("users", "wait"),
    "notes.": ("note", "wait"),
    "tasks.done": ("circle-check", "goal"),
    "tasks.": ("checkbox", "wait"),
    "segments.": ("users-group", "decision"),
    "campaigns.": ("sitemap", "decision"),
    "stages.": ("stairs-up", "goal"),
    "points.": ("target-arrow", "condition"),
    "contacts.created": ("user-plus", "goal"),
    "contacts.tagged": ("tag", "wait"),
    "contacts.untagged": ("tag", "exit"),
    "contacts.consented": ("shield-check", "goal"),
    "contacts.closed": ("hand-stop", "fail"),
    "contacts.reopened": ("mail-check", "goal"),
    "contacts.merged": ("arrow-merge", "wait"),
    "contacts.": ("pencil", "wait"),
    "": ("bolt", "source"),
}
VERDICTS = {
    1: _lazy("Human"),
    2: _lazy("Likely human"),
    3: _lazy("A machine; not counted"),
}


@dataclass(frozen=True)
class Line:
    """A line as the template shows it; `day` where a new day begins."""

    day: str
    time: str
    at: datetime
    icon: str
    hue: str
    words: SafeString
    beside: str
    # Where it is explained.
    why: str = ""


@dataclass(frozen=True)
class Part:
    """Lines of the timeline, and the address of those after them."""

    lines: list[Line]
    more: str
    asked: Asked


def part(request: HttpRequest, contact: int, base: str) -> Part:
    """Read what the address asks for."""
    asked = _asked(request)
    found, more = timeline.read(contact, request.user, asked, PAGE)
    following = ""
    if more:
        last = found[-1]
        place = {"before": last.at.isoformat(), "number": str(last.number)}
        chosen = {"kind": asked.group, "text": asked.text, **place}
        following = f"{base}?{urlencode({k: v for k, v in chosen.items() if v})}"
    day = _day(asked.before[0]) if asked.before else None
    return Part(list(_shown(found, day)), following, asked)


def _asked(request: HttpRequest) -> Asked:
    query = request.GET
    group = query.get("kind", "")
    text = query.get("text", "").replace("\0", "").strip()[:LONGEST]
    number = query.get("number", "0")
    try:
        at = parse_datetime(query.get("before", ""))
    except ValueError:
        at = None
    before = None
    if at is not None and timezone.is_aware(at):
        known = read_id(number.removeprefix("-")) or 0
        before = (at, -known if number.startswith("-") else known)
    return Asked(group if group in timeline.GROUPS else "", text, before)


def _shown(found: list[Happening], day: date | None) -> Iterator[Line]:
    for line in found:
        here = _day(line.at)
        yield Line(
            day=_named(here) if here != day else "",
            time=moments.hour(line.at),
            at=line.at,
            icon=tile(line.key)[0],
            hue=tile(line.key)[1],
            words=_words(line),
            beside=_beside(line),
            why=_why(line),
        )
        day = here


def tile(key: str) -> tuple[str, str]:
    """Return icon and hue of a type."""
    known = [beginning for beginning in TILES if key.startswith(beginning)]
    return TILES[max(known, key=len)]


def _day(at: datetime) -> date:
    return moments.here(at).date()


def _named(day: date) -> str:
    today = timezone.localtime(clock.now()).date()
    if day == today:
        return _("Today")
    if (today - day).days == 1:
        return _("Yesterday")
    return moments.weekday(day) if day.year == today.year else moments.day(day)


def _words(line: Happening) -> SafeString:
    """Write the sentence, with the name of what it is about leading there."""
    return _leading(line, line.sentence)


def _leading(line: Happening, text: str) -> SafeString:
    words, name = escape(text), escape(line.name)
    if line.subject and line.name and name in words and (url := _url(*line.subject)):
        link = format_html('<a href="{}">{}</a>', url, line.name)
        # Both were escaped above.
        return mark_safe(words.replace(name, link, 1))  # noqa: S308
    return words


def _why(line: Happening) -> str:
    """Lead to where it is explained, as far as there is such a page."""
    url = _url(*line.subject) if line.subject and line.explained else ""
    return f"{url}?{line.explained}" if url else ""


def _url(kind: str, number: int) -> str:
    for each in resources():
        if each.subject == kind or each.key == PAGES.get(kind):
            try:
                return each.url("item", number)
            except NoReverseMatch:
                return ""
    return ""


def page_of(origin: Origin | None) -> str:
    """Return the address of where something came from; empty where there is no such page."""
    return _url(*origin.page) if origin and origin.page else ""


def _beside(line: Happening) -> SafeString:
    """Write what stands beside the sentence; a name that is not in that one leads on from here."""
    text = _remarks(line)
    return escape(text) if line.name in line.sentence else _leading(line, text)


def _remarks(line: Happening) -> str:
    data: dict[str, Any] = line.data
    parts = [line.beside, str(VERDICTS[line.verdict]) if line.verdict in VERDICTS else ""]
    for key in ("device", "system"):
        parts += choices.called(key, [data[key]], {}).values() if data.get(key) else []
    parts += [str(data[key]) for key in ("utm_campaign", "comment") if data.get(key)]
    if line.key in {"emails.failed", "sms.failed"} and " " in str(data.get("reason", "")):
        # What the server answered, in its own words.
        parts.append(str(data["reason"]))
    if line.key == "contacts.consented" and data.get("source"):
        parts.append(str(data["source"]))
    return " · ".join(part for part in parts if part)[:300]


class Timeline(Screen):
    """Lines of the timeline alone, for whoever asks for more or for others."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show them."""
        row = self.item(pk)
        base = self.resource.url("timeline", row.pk)
        found = part(request, row.pk, base)
        return render(request, "contacts/lines.html", {"part": found, "row": row})
