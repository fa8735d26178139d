"""Consent and channels of a contact: what was said, and what a user notes down."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext

from backoffice import toasts
from backoffice.attachments import tab
from backoffice.resource import resource_of
from backoffice.screens import Screen, leave_trail
from contacts.backoffice import page, wishing
from contacts.models import Consent, ConsentRecord, Contact, Topic
from contacts.services import consent
from contacts.services.consent import Proof
from contacts.services.reading import flat
from contacts.values import ValueProblem
from contacts.values.text import lines
from contacts.words import Channel, ConsentState, Purpose, Reason
from kernel import clock
from kernel.ids import read_id
from kernel.trail import Deed

MOST_PROOFS = 100
# What a person says to a colleague; bounces are told by servers.
KEPT = ("act", "reason", "purpose", "topic", "state")
REASONS = (Reason.UNSUBSCRIBED, Reason.COMPLAINT, Reason.MANUAL)


@tab("contacts", "consent", _lazy("Consent"), "contacts/consent.html", order=50)
def consent_tab(request: HttpRequest, row: Contact) -> dict[str, Any]:
    """Return channels, consents and their proof."""
    shown = flat([row.pk])[0]
    user: Any = request.user
    rows = resource_of("contacts").rows(user, "edit")
    wish = wishing.found(row.pk)
    return {
        "wishes": wishing.said(wish),
        "wish_form": wishing.form_of(wish),
        "wish_version": wishing.version(wish),
        "ways": page.ways(shown),
        "topics": page.agreements(shown),
        "proofs": _proofs(row.pk),
        "editable": rows.filter(pk=row.pk).exists(),
        "reasons": [(reason.value, reason.label) for reason in reversed(REASONS)],
    }


def _proofs(contact: int) -> list[dict[str, Any]]:
    records = ConsentRecord.objects.filter(contact_id=contact).order_by("-at", "-id")[:MOST_PROOFS]
    topics = {topic.pk: topic.label for topic in Topic.objects.all()}
    return [
        {
            "what": topics.get(each.topic_id) or Purpose(each.purpose).label,
            "state": ConsentState(each.state).label,
            "text": each.text,
            "source": each.source,
            "ip": each.ip,
            "at": each.at,
        }
        for each in records
    ]


class _Note(Screen):
    """Something a user notes down about a contact, upon what they saw of it (`seen`)."""

    verb = "edit"

    def overtaken(self, row: Contact, seen: str, now: str, wanted: str) -> HttpResponse:
        """Say that somebody noted something else meanwhile; what was chosen and typed is kept."""
        sent = self.request.POST
        kept = [(key, sent[key]) for key in KEPT if key in sent]
        context = self.context(
            row=row,
            title=self.resource.name(row),
            back=f"{self.resource.url('item', row.pk)}?tab=consent",
            kept=kept,
            seen=seen,
            now=now,
            wanted=wanted,
            comment=sent.get("comment"),
        )
        return render(self.request, "contacts/overtaken.html", context, status=409)

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
        way = next(one for one in page.ways(flat([row.pk])[0]) if one.channel == channel)
        opens = request.POST.get("act") == "open"
        if request.POST.get("seen", "") != way.seen:
            closed = f"{way.label}: {way.closed or pgettext('channel', 'open')}"
            wanted = _("May be contacted again") if opens else _("Do not contact")
            return self.overtaken(row, way.seen, closed, wanted)
        if opens:
            consent.reopen([row.pk], channel, "", now)
            text = _("May be contacted by %(channel)s again") % {"channel": label}
            return self.told(row, {"do_not_contact": f"{channel}: -"}, text)
        reason = request.POST.get("reason", Reason.MANUAL)
        if reason not in REASONS:
            raise Http404
        consent.close([row.pk], channel, reason, _note(request.POST.get("comment", "")), now)
        text = _("No more %(channel)s: %(reason)s") % {
            "channel": label,
            "reason": Reason(reason).label,
        }
        return self.told(row, {"do_not_contact": f"{channel}: {reason}"}, text)


class ConsentSaid(_Note):
    """Noting down that somebody agreed or refused."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Append it, with who noted it down as its source."""
        row, post = self.item(pk, "edit", lock=True), request.POST
        purpose, state = post.get("purpose", ""), post.get("state", "")
        known = state in {ConsentState.GRANTED, ConsentState.REFUSED} and purpose in Purpose.values
        number = (read_id(post["topic"]) or -1) if post.get("topic") else 0
        about = number == 0 or (
            purpose == Purpose.EMAIL and Topic.objects.filter(pk=number).exists()
        )
        if not known or not about:
            raise Http404
        said = _said(row.pk, purpose, number)
        if post.get("seen", "") != said:
            word = ConsentState(said).label if said else _("never asked")
            told = f"{Purpose(purpose).label}: {word}"
            return self.overtaken(row, said, told, str(ConsentState(state).label))
        now = clock.now()
        proof = Proof(purpose, state, f"user:{self.user.pk}", now, topic=number)
        consent.give([row.pk], proof, now)
        words = {"purpose": Purpose(purpose).label, "state": ConsentState(state).label}
        text = _("Noted: %(purpose)s, %(state)s") % words
        return self.told(row, {"consent": f"{purpose}/{number}: {state}"}, text)


def _said(contact: int, purpose: str, topic: int) -> str:
    """Return the word in force; none is empty."""
    rows = Consent.objects.filter(contact_id=contact, purpose=purpose, topic_id=topic)
    return rows.values_list("state", flat=True).first() or ""


def _note(text: str) -> str:
    try:
        return lines(text, 1_000)
    except ValueProblem:
        return ""
