"""What the page of a contact shows beside its fields: figures, chart, consent, company."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backoffice.templatetags.relais import pill
from contacts.backoffice import cells, charts, facts, happenings
from contacts.backoffice.cells import Flat
from contacts.catalogue import catalogue
from contacts.models import Contact, Suppression, Tag, Topic
from contacts.services import engagement, suppression
from contacts.services.origins import origins
from contacts.words import UNREACHED, Channel, ConsentState, Purpose
from kernel import clock
from kernel.permissions import Reach

MOST_TAGS = 300


@dataclass(frozen=True)
class Way:
    """A channel: whether it is open, and if not, why."""

    channel: Channel
    label: str
    address: str
    closed: str
    since: Any = None
    comment: str = ""
    # The page of what the comment names.
    url: str = ""
    # All reasons that close it: what an answer to this page was decided upon.
    seen: str = ""
    # Entries of the suppression list that hold for its address.
    listed: Sequence[Suppression] = ()
    # Why nothing of ours goes there though the channel is open.
    unreached: str = ""

    @property
    def remembered(self) -> bool:
        """Say whether a hash closes it: from before, and lifted as a reason is."""
        return any(one.kind == Suppression.Kind.HASH for one in self.listed)


def context(request: HttpRequest, row: Contact, flat: Flat) -> dict[str, Any]:
    """Return what the overview of a contact needs."""
    user: Any = request.user
    now, zone = clock.now(), timezone.get_current_timezone_name()
    everything = request.GET.get("fields") == "all"
    return {
        "flat": flat,
        "facts": facts.told(flat, catalogue(), everything=everything),
        "last_active": cells.moment(flat["last_active_at"]),
        "created": cells.moment(flat["created_at"]),
        "rank": cells.rank(flat["activity_rank"], closed=cells.is_unreached(flat)),
        "earned": engagement.earned(row.pk, now),
        "new": row.created_at > now - engagement.LATELY,
        "stage_since": engagement.in_stage_since(row.pk, now) if flat["stage"] else None,
        "chart": charts.chart(engagement.weeks(row.pk, zone, now)),
        "part": happenings.part(request, row.pk, reverse("contacts-timeline", args=[row.pk])),
        "kinds": happenings.KINDS,
        "ways": noted(ways(flat), user),
        "topics": agreements(flat),
        "colleagues": _colleagues(request, row),
        "sees_companies": sees_companies(user),
        "known_tags": Tag.objects.order_by("name_key").values_list("name", flat=True)[:MOST_TAGS],
    }


def state(flat: Flat) -> SafeString:
    """Say whether somebody can be reached by email."""
    if flat["restriction"]:
        return pill("", _("Restricted"), "red", "lock")
    if not flat["email"]:
        return pill("", _("No email"), "", "mail-off")
    found = cells.why(flat)
    if found is None:
        return pill("", _("Reachable"), "green", "circle-check")
    code, word = found
    return pill("", capfirst(word), "red" if code in cells.BAD else "amber", "mail-off")


def line(flat: Flat, user: Any = None) -> SafeString:
    """Say position, company, and what time it is there; the company leads on for who may see it."""
    parts = [flat["position"] or ""]
    if flat["company"]:
        company = flat["companies"][0]
        url = reverse("companies-item", args=[company["id"]])
        link = format_html('<a href="{}">{}</a>', url, company["name"])
        parts.append(link if sees_companies(user) else company["name"])
    if flat["timezone"]:
        try:
            there = timezone.localtime(clock.now(), ZoneInfo(flat["timezone"]))
            parts.append(_("their local time %(time)s") % {"time": f"{there:%H:%M}"})
        except (ValueError, KeyError, OSError):
            pass
    shown = [part for part in parts if part]
    if not shown:
        return SafeString("")
    return format_html(" · ".join(["{}"] * len(shown)), *shown)


def ways(flat: Flat) -> list[Way]:
    """Return the channels, each with the strongest reason that closes it."""
    entries, found = suppression.about(int(flat["id"])), []
    for channel in Channel:
        listed = [one for one in entries if one.channel == channel]
        reason = cells.reason_for(flat, channel)
        told: dict[str, Any] = next(
            (
                one
                for one in flat["do_not_contact"]
                if one["channel"] == channel and one["reason"] == reason
            ),
            {},
        )
        found.append(
            Way(
                channel,
                str(channel.label),
                addressed(flat, channel),
                str(reason.label) if reason else "",
                cells.moment(told.get("at")),
                told.get("comment", ""),
                seen=reasons(flat, channel, listed),
                listed=listed,
                unreached=_unreached(flat, channel, listed),
            )
        )
    return found


def _unreached(flat: Flat, channel: str, listed: Sequence[Suppression]) -> str:
    code = flat["unreached"] if channel == Channel.EMAIL else "suppressed" if listed else None
    return str(UNREACHED.get(code or "", "")) if addressed(flat, channel) else ""


def addressed(flat: Flat, channel: str) -> str:
    """Return where to write to; empty where that is nowhere."""
    return {"email": flat["email"], "sms": flat["mobile"]}.get(channel) or ""


def noted(ways: list[Way], user: Any) -> list[Way]:
    """Call the email by its name in which somebody closed a channel, and lead there."""
    came = origins((way.comment for way in ways), user)
    return [
        replace(way, comment=came[way.comment].words, url=happenings.page_of(came[way.comment]))
        if way.comment in came
        else way
        for way in ways
    ]


def reasons(flat: Flat, channel: str, listed: Sequence[Suppression] = ()) -> str:
    """Return all reasons for which a channel is closed, in one order."""
    found = {one["reason"] for one in flat["do_not_contact"] if one["channel"] == channel}
    kept = {f"hash:{one.reason}" for one in listed if one.kind == Suppression.Kind.HASH}
    return ",".join(sorted(found | kept))


def agreements(flat: Flat) -> list[dict[str, Any]]:
    """Return what somebody agreed to or refused: purposes and topics, asked or not."""
    said = {(one["purpose"], one["topic"] or ""): one for one in flat["consents"]}
    lines: list[dict[str, Any]] = [
        {"purpose": purpose, "topic": "", "label": str(purpose.label)} for purpose in Purpose
    ]
    for topic in Topic.objects.order_by("name"):
        label = topic.label
        lines.insert(
            1 + sum(bool(each["topic"]) for each in lines),
            {"purpose": Purpose.EMAIL, "topic": str(topic.pk), "label": label},
        )
    for each in lines:
        found = said.get((each["purpose"], each["topic"]))
        each["state"] = found["state"] if found else ""
        each["word"] = str(ConsentState(found["state"]).label) if found else _("never asked")
        each["at"] = cells.moment(found["at"]) if found else None
    return lines


def sees_companies(user: Any) -> bool:
    """Say whether the page of a company is open to somebody; its name is a field of the person."""
    return user is not None and user.reach("companies", "view") is not Reach.NONE


def _colleagues(request: HttpRequest, row: Contact) -> int | None:
    user: Any = request.user
    company = Contact.objects.filter(pk=row.pk).values_list("company_id", flat=True).first()
    if company is None or user.reach("contacts", "view") is not Reach.ALL:
        return None
    return Contact.objects.filter(company_id=company).exclude(pk=row.pk).count()
