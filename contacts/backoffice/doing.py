"""Bulk actions of the list of contacts, through the registered actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from backoffice import toasts
from backoffice.bulk import MOST_AT_ONCE, BulkAction, Selection
from backoffice.columns import number
from backoffice.resource import resource_of
from backoffice.screens import leave_trail
from backoffice.undo import undoes
from contacts.backoffice import asking
from contacts.backoffice.asking import ActionForm
from contacts.services import bulk_actions, doing, tags
from contacts.services.searches import Search
from kernel import clock
from kernel.actions import ContactAction, contact_actions
from kernel.queues import hint_on_commit
from kernel.trail import Deed

UNDO = "contacts.tag_pairs"
# More pairs of contact and tag are not kept for taking back.
MOST_PAIRS = 1_500


@dataclass(frozen=True)
class Acting(BulkAction):
    """A bulk action that a registered action carries out."""

    asked: type[ActionForm] = ActionForm

    def make(self, user: Any, sent: Any) -> forms.Form | None:
        """Make the form for a user."""
        return self.asked(user, sent)

    @property
    def asks(self) -> bool:
        """Ask always: all of them need to know something."""
        return True


def _run(request: HttpRequest, selection: Selection, settings: dict[str, Any]) -> None:
    action: ContactAction = settings["action"]
    now, shown = clock.now(), selection.shown
    if selection.search is not None and selection.count > MOST_AT_ONCE:
        user: Any = request.user
        search = Search(selection.search.text, selection.search.filters)
        job = bulk_actions.start(action, search, now, user_id=user.pk, count=selection.count)
        hint_on_commit("kernel.jobs")
        _told(request, action, shown, {"job": job.pk})
        text = _("Working on %(count)s contacts.") % {"count": shown}
        link = '{} <a href="/contacts/work">{}</a>'
        toasts.tell(request, format_html(link, text, _("See how far it is")))
        return
    ids = list(selection.rows.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    _told(request, action, shown, {})
    undo = _Tagging(action, ids) if action.key == "tags.change" else None
    outcomes = doing.at_once(action, ids, now)
    for queue in outcomes.wake:
        hint_on_commit(queue)
    undone = len(outcomes.skipped) + len(outcomes.failed)
    done = len(ids) - undone
    words = ngettext("%(count)s contact: %(what)s", "%(count)s contacts: %(what)s", done)
    text = words % {"count": number(done), "what": action.describe()}
    if undone:
        why = next(iter([*outcomes.skipped.values(), *outcomes.failed.values()]))
        text += " · " + _("%(count)s left out: %(why)s") % {"count": undone, "why": why}
    toasts.tell(request, text, undo.document() if undo else None)


def _told(request: HttpRequest, action: ContactAction, count: str, more: dict[str, Any]) -> None:
    name = f"{action.describe()}: {count}"[:200]
    leave_trail(request, Deed("contacts", "bulk", name=name, after={"key": action.key, **more}))


class _Tagging:
    """What tags were before, so that changing them can be taken back."""

    def __init__(self, action: ContactAction, ids: Sequence[int]) -> None:
        self.ids, self.config = ids, action.config
        self.taken = self._have("remove")
        self.had = self._have("add")

    def _have(self, name: str) -> set[tuple[int, int]]:
        return doing.tagged(self.ids, tags.find(self.config.get(name, [])).values())

    def document(self) -> dict[str, Any] | None:
        """Tell which pairs are new and which are gone."""
        put = self._have("add") - self.had
        gone = self.taken - self._have("remove")
        if not 0 < len(put) + len(gone) <= MOST_PAIRS:
            return None
        return {"key": UNDO, "add": sorted(gone), "remove": sorted(put)}


@undoes(UNDO)
def take_back(request: HttpRequest, document: Mapping[str, Any]) -> None:
    """Put tags back as they were, on those contacts the user may still change."""
    pairs = {name: [tuple(pair) for pair in document[name]] for name in ("add", "remove")}
    contacts = {contact for found in pairs.values() for contact, _tag in found}
    rows = resource_of("contacts").rows(request.user, "edit").filter(pk__in=contacts)
    may = set(rows.values_list("pk", flat=True))
    kept = {name: [p for p in found if p[0] in may] for name, found in pairs.items()}
    changed = tags.change_pairs(kept["add"], kept["remove"], clock.now())
    if changed:
        name = _("Tags put back: %(count)s") % {"count": number(len(changed))}
        leave_trail(request, Deed("contacts", "bulk", name=name, after={"key": UNDO}))
    toasts.tell(request, _("Undone"))


def _acting(key: str, label: Any, icon: str, form: type[ActionForm]) -> Acting:
    return Acting(key, label, icon, "edit", _run, unlimited=True, asked=form)


KNOWN = (
    _acting("tags", _lazy("Tags"), "tag", asking.TagForm),
    _acting("segments", _lazy("Segment"), "users-group", asking.SegmentForm),
    _acting("campaigns", _lazy("Campaign"), "sitemap", asking.CampaignForm),
    _acting("owner", _lazy("Owner"), "user-check", asking.OwnerForm),
    # A whole list is written to by a broadcast, which can be paused and called off.
    Acting("email", _lazy("Email"), "mail", "edit", _run, asked=asking.EmailForm),
    _acting("stage", _lazy("Stage"), "stairs-up", asking.StageForm),
    _acting("points", _lazy("Points"), "target-arrow", asking.PointsForm),
)


def offered() -> list[BulkAction]:
    """Return those whose action some app has registered."""
    return [action for action in KNOWN if action.asked.key in contact_actions]
