"""Members by hand: people added and removed on the page of a segment, and that taken back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice import toasts, undo
from backoffice.columns import number
from backoffice.screens import Screen, leave_trail
from contacts.models import Contact
from kernel import clock
from kernel.ids import read_id
from kernel.lowering import lowered
from kernel.permissions import narrow
from kernel.trail import Deed
from segments.models import Member, Segment
from segments.services.members import change
from segments.services.restoring import let_filter_decide, moved, restore

# Two statements whatever their number; more is an import, which tells how far it is.
MOST_ADDRESSES = 5_000
UNDO = "segments.members"
FOLLOW = "follow"
# What the buttons beside a person do, and how the person stands then.
ACTS = {
    "add": Member.Origin.ADDED,
    "remove": Member.Origin.REMOVED,
    FOLLOW: Member.Origin.FILTER,
}


class ByHand(Screen):
    """Adding people by their address, and removing one."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change the members, and offer to take it back."""
        # It may be about to lose its filter, and with it what can be decided here.
        segment = self.item(pk, "edit", lock=True)
        back = HttpResponseRedirect(self.resource.url("item", pk))
        if "emails" in request.POST:
            written = _addresses(request.POST["emails"])
            if len(written) > MOST_ADDRESSES:
                return self._too_many(segment, len(written))
            rows = self._seen().filter(email_key__in=written)
            found = dict(rows.values_list("email_key", "pk"))
            added = self._change(segment, list(found.values()), Member.Origin.ADDED)
            unknown = [address for address in written if address not in found]
            return self._left(segment, unknown, added) if unknown else back
        act = request.POST.get("act", "remove")
        if act not in ACTS:
            raise BadRequest
        person = read_id(request.POST.get("contact"))
        known = list(self._seen().filter(pk=person or 0).values_list("pk", flat=True))
        if act == FOLLOW:
            self._follow(segment, known)
        else:
            self._change(segment, known, ACTS[act])
        return back

    def _follow(self, segment: Segment, contacts: list[int]) -> None:
        """Let the filter have the word again, if there is one yet."""
        if not segment.is_dynamic:
            said = _("A segment by hand has no filter that could decide.")
            toasts.tell(self.request, said)
            return
        back = let_filter_decide(segment, contacts, clock.now())
        if back:
            after = {"followed": back}
            deed = Deed("segments", "members", object=segment.pk, name=segment.name, after=after)
            leave_trail(self.request, deed)
        said = _("The filter decides again") if back else _("Nobody was added or removed")
        toasts.tell(self.request, said)

    def _seen(self) -> Any:
        return narrow(Contact.objects.all(), self.user, "contacts", "view")

    def _too_many(self, segment: Segment, count: int) -> HttpResponse:
        words = _("These are %(count)s addresses; at most %(most)s are added at once.")
        wrong = words % {"count": number(count), "most": number(MOST_ADDRESSES)}
        return self._ask(segment, written=self.request.POST["emails"], wrong=wrong)

    def _left(self, segment: Segment, unknown: Sequence[str], added: str) -> HttpResponse:
        """Say what was done, and keep on the page the addresses that found nobody."""
        return self._ask(segment, written="\n".join(unknown), added=added, unknown=len(unknown))

    def _ask(self, segment: Segment, **more: Any) -> HttpResponse:
        back = self.resource.url("item", segment.pk)
        context = self.context(row=segment, most_addresses=MOST_ADDRESSES, back=back, **more)
        return render(self.request, "segments/adding.html", context, status=422)

    def _change(self, segment: Segment, contacts: list[int], put: Member.Origin) -> str:
        adds = put == Member.Origin.ADDED
        add, remove = (contacts, []) if adds else ([], contacts)
        changed = change(segment, add, remove, now=clock.now())
        text = _said(changed.added, changed.removed)
        backwards = {"key": UNDO, "segment": segment.pk, "kept": changed.before, "put": int(put)}
        toasts.tell(self.request, text, backwards if changed.before else None)
        if changed.before:
            moved = sorted(contact for some in changed.before.values() for contact in some)
            after = {"added" if adds else "removed": moved}
            deed = Deed("segments", "members", object=segment.pk, name=segment.name, after=after)
            leave_trail(self.request, deed)
        return text


def _addresses(text: str) -> list[str]:
    """Return the addresses of a text, each once."""
    for sign in "\0,;":
        text = text.replace(sign, " ")
    return list(dict.fromkeys(lowered(text).split()))


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
    """Put everybody back as they stood, with the rights the user has now."""
    user: Any = request.user
    rows = narrow(Segment.objects.all(), user, "segments", "edit")
    mine = rows.filter(pk=document["segment"])
    segment = mine.select_for_update(of=("self",), no_key=True).first()
    if segment is None or "kept" not in document:
        toasts.tell(request, _("This can no longer be undone."))
        return
    kept, put = document["kept"], Member.Origin(document["put"])
    everybody = [contact for some in kept.values() for contact in some]
    seen = narrow(Contact.objects.filter(pk__in=everybody), user, "contacts", "view")
    back = restore(segment, kept, set(seen.values_list("pk", flat=True)), put, clock.now())
    if back:
        after = {"removed" if put == Member.Origin.ADDED else "added": back, "undone": True}
        deed = Deed("segments", "members", object=segment.pk, name=segment.name, after=after)
        leave_trail(request, deed)
    left = len(moved(segment, kept, put)) - len(back)
    toasts.tell(request, undo.said(len(back), left))
