"""Consent and channels of a contact: what was said, and what a user notes down."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext

from backoffice import toasts
from backoffice.attachments import tab
from backoffice.resource import resource_of
from backoffice.screens import leave_trail
from contacts.backoffice import cells, evidence, page, restricting, wishing
from contacts.backoffice.happenings import page_of
from contacts.backoffice.noting import Noting
from contacts.models import Consent, ConsentRecord, Contact, Topic
from contacts.services import consent
from contacts.services.consent import Proof, bounced
from contacts.services.origins import origins
from contacts.words import Channel, ConsentState, Purpose, Reason
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import Reach
from kernel.trail import Deed

MOST_PROOFS = 100
# What a person says to a colleague; bounces are told by servers.
REASONS = (Reason.UNSUBSCRIBED, Reason.COMPLAINT, Reason.MANUAL)


@tab("contacts", "consent", _lazy("Consent"), "contacts/consent.html", order=50)
def consent_tab(request: HttpRequest, row: Contact) -> dict[str, Any]:
    """Return channels, consents and their proof."""
    shown = cells.told([row.pk])[0]
    user: Any = request.user
    rows = resource_of("contacts").rows(user, "edit")
    return {
        **restricting.context(shown),
        "wishes": wishing.of(row.pk, {Channel.EMAIL: row.email, Channel.SMS: row.mobile}),
        "ways": (ways := page.noted(page.ways(shown), user)),
        "prevails": _prevails(ways),
        "topics": page.agreements(shown),
        "proofs": _proofs(row.pk, request.user),
        "may_see_list": user.reach("suppressions", "view") is not Reach.NONE,
        "editable": rows.filter(pk=row.pk).exists(),
        "may_hand_out": resource_of("contacts").rows(user, "export").filter(pk=row.pk).exists(),
        "bounced": row.pk in bounced([row.pk]),
        "hows": evidence.WAYS.items(),
        "words": request.session.get("consent_words", ""),
        "at": timezone.localtime(clock.now()).strftime("%Y-%m-%dT%H:%M"),
        "may_ask": bool(row.email),
        "reasons": [(reason.value, reason.label) for reason in reversed(REASONS)],
    }


def _prevails(ways: list[page.Way]) -> str:
    """Say what keeps mails from somebody although they agreed to them; empty if nothing does."""
    way = next(way for way in ways if way.channel == Channel.EMAIL)
    if way.closed:
        words = _("Nothing is sent all the same: the channel is closed (%(reason)s).")
        return words % {"reason": way.closed}
    if way.listed:
        return _("Nothing is sent all the same: the address is on the suppression list.")
    return ""


def _proofs(contact: int, user: Any) -> list[dict[str, Any]]:
    rows = ConsentRecord.objects.filter(contact_id=contact).order_by("-at", "-id")
    records = list(rows[:MOST_PROOFS])
    came = origins((said for each in records for said in (each.source, each.text)), user)
    topics = {topic.pk: topic.label for topic in Topic.objects.all()}
    return [
        {
            "what": topics.get(each.topic_id) or Purpose(each.purpose).label,
            "state": ConsentState(each.state).label,
            "text": came[each.text].words if each.text in came else each.text,
            "text_url": page_of(came.get(each.text)),
            "source": came[each.source].words if each.source in came else each.source,
            "url": page_of(came.get(each.source)),
            "reference": each.reference,
            "language": each.language,
            "ip": each.ip,
            "at": each.at,
        }
        for each in records
    ]


class _Note(Noting):
    """Something a user notes down about a contact, upon what they saw of it (`seen`)."""

    def overtaken(self, row: Contact, seen: str, now: str, wanted: str) -> HttpResponse:
        """Say that somebody noted something else meanwhile; what was chosen and typed is kept."""
        return self.asked_again(row, 409, seen=seen, now=now, wanted=wanted)

    def told(self, row: Contact, what: dict[str, Any], text: str) -> HttpResponse:
        """Leave a trail, say it, go back to the consents."""
        name = self.resource.named(row)
        leave_trail(self.request, Deed("contacts", "change", object=row.pk, name=name, after=what))
        toasts.tell(self.request, text)
        return HttpResponseRedirect(f"{self.resource.url('item', row.pk)}?tab=consent")


class ChannelState(_Note):
    """Closing a channel, and opening it again."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, channel: str) -> HttpResponse:
        """Close it for a reason, or lift all reasons."""
        row = self.item(pk, "edit", lock=True)
        if channel not in Channel.values:
            raise Http404
        now, label = clock.now(), Channel(channel).label
        way = _way(row, channel)
        opens = request.POST.get("act") == "open"
        if request.POST.get("seen", "") != way.seen:
            stands = way.closed or way.unreached or pgettext("channel", "open")
            closed = f"{way.label}: {stands}"
            wanted = _("May be contacted again") if opens else _("Do not contact")
            return self.overtaken(row, way.seen, closed, wanted)
        if request.POST.get("act") == "valid" and channel == Channel.EMAIL:
            return self._valid(row, now)
        if opens:
            consent.reopen([row.pk], channel, "", now)
            text = _("May be contacted by %(channel)s again") % {"channel": label}
            if _way(row, channel).listed:
                text = _("Lifted. The address is still on the suppression list: nothing is sent.")
            return self.told(row, {"do_not_contact": f"{channel}: -"}, text)
        reason = request.POST.get("reason", Reason.MANUAL)
        if reason not in REASONS:
            raise Http404
        consent.close([row.pk], channel, reason, self.note(), now)
        text = _("No more %(channel)s: %(reason)s") % {
            "channel": label,
            "reason": Reason(reason).label,
        }
        return self.told(row, {"do_not_contact": f"{channel}: {reason}"}, text)

    def _valid(self, row: Contact, now: datetime) -> HttpResponse:
        """Lift bounces upon what a colleague knows; it is kept with the event."""
        said = self.note("proof")
        if not said:
            toasts.tell(self.request, _("Say how you know that the address is valid."))
            return HttpResponseRedirect(f"{self.resource.url('item', row.pk)}?tab=consent")
        consent.believe([row.pk], f"user:{self.user.pk} {said}", now)
        return self.told(row, {"do_not_contact": "email: valid"}, _("The address is valid again"))


def _way(row: Contact, channel: str) -> page.Way:
    ways = page.ways(cells.told([row.pk])[0])
    return next(one for one in ways if one.channel == channel)


class ConsentSaid(_Note):
    """Noting down that somebody agreed or refused."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Append it, with who noted it down as its source."""
        row, post = self.item(pk, "edit", lock=True), request.POST
        purpose, state = post.get("purpose", ""), post.get("state", "")
        known = state in ConsentState.values and purpose in Purpose.values
        number = (read_id(post["topic"]) or -1) if post.get("topic") else 0
        about = number == 0 or (
            purpose == Purpose.EMAIL and Topic.objects.filter(pk=number).exists()
        )
        asks = state == ConsentState.PENDING
        if not known or not about or (asks and (purpose != Purpose.EMAIL or not row.email)):
            raise Http404
        said = _said(row.pk, purpose, number)
        if post.get("seen", "") != said:
            word = ConsentState(said).label if said else _("never asked")
            told = f"{Purpose(purpose).label}: {word}"
            return self.overtaken(row, said, told, str(ConsentState(state).label))
        now = clock.now()
        proof = Proof(purpose, state, f"user:{self.user.pk}", now, topic=number)
        if state == ConsentState.GRANTED:
            found = evidence.of(post, now)
            proof = replace(proof, text=found.text, at=found.at, reference=found.reference)
            # Whoever notes a pile of cards types it once.
            request.session["consent_words"] = found.text
        consent.give([row.pk], proof, now)
        if asks:
            text = _("A mail asks whether they agree; until they answer, nothing else is sent.")
            return self.told(row, {"consent": f"{purpose}/{number}: {state}"}, text)
        words = {"purpose": Purpose(purpose).label, "state": ConsentState(state).label}
        text = _("Noted: %(purpose)s, %(state)s") % words
        return self.told(row, {"consent": f"{purpose}/{number}: {state}"}, text)


def _said(contact: int, purpose: str, topic: int) -> str:
    """Return the word in force; none is empty."""
    rows = Consent.objects.filter(contact_id=contact, purpose=purpose, topic_id=topic)
    return rows.values_list("state", flat=True).first() or ""
