"""Bulk actions of the list of contacts, through the registered actions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from backoffice import announcing, deeds, toasts
from backoffice.bulk import MOST_AT_ONCE, BulkAction, Selection
from backoffice.columns import number
from backoffice.resource import resource_of
from backoffice.screens import leave_trail
from backoffice.undo import said, undoes
from contacts.backoffice import asking
from contacts.backoffice.asking import ActionForm
from contacts.backoffice.asking_field import FieldForm
from contacts.backoffice.titles import TITLES
from contacts.services import bulk_actions, doing
from contacts.services.searches import Search
from kernel import clock, withholding
from kernel.actions import ContactAction, Outcomes, contact_actions
from kernel.models import Job
from kernel.queues import hint_on_commit
from kernel.registry import ConfigProblem
from kernel.trail import Deed

UNDO = "contacts.bulk"


@dataclass(frozen=True)
class Acting(BulkAction):
    """A bulk action that a registered action carries out."""

    asked: type[ActionForm] = ActionForm

    def make(self, user: Any, sent: Any, selection: Selection) -> forms.Form | None:
        """Make the form for a user."""
        return self.asked(user, sent)

    def again(self, form: Any, sent: Any) -> None:
        """Ask for the value of the field that was chosen."""
        if isinstance(form, FieldForm):
            form.ask_for(sent.get("field", ""))

    @property
    def asks(self) -> bool:
        """Ask always: all of them need to know something."""
        return True

    def warning(self, selection: Selection) -> str:
        """Say where no way leads back."""
        kind = contact_actions.get(self.asked.key)
        if kind is None or not kind.undoable or not self.asked.undoable:
            return _("This cannot be undone.")
        if selection.search is not None and selection.count > MOST_AT_ONCE:
            return _("So many are changed in the background: that can be stopped, but not undone.")
        return ""


def _run(request: HttpRequest, selection: Selection, settings: dict[str, Any]) -> None:
    action: ContactAction = settings["action"]
    now = clock.now()
    if selection.search is not None and selection.count > MOST_AT_ONCE:
        user: Any = request.user
        search = Search(selection.search.text, selection.search.filters)
        job = bulk_actions.start(action, search, now, user_id=user.pk, count=selection.count)
        _told(request, action, selection.count, {"job": job.pk})
        under_way(request, selection, job.pk)
        return
    ids = list(selection.rows.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    _told(request, action, selection.count, {})
    kept = action.before(ids)
    outcomes = doing.at_once(action, ids, now)
    for queue in outcomes.wake:
        hint_on_commit(queue)
    done = sorted(set(ids) - outcomes.skipped.keys() - outcomes.failed.keys())
    changed = _changed(action, done, kept, outcomes)
    may_undo, row = bool(kept and changed), None
    if changed or len(done) < len(ids):
        who: Any = request.user
        keeps = kept if may_undo else None
        row = bulk_actions.note(action, changed, outcomes, keeps, user_id=who.pk)
    said_of = _said(action, done, kept, outcomes)
    toasts.tell(request, said_of, undo_of(row) if row and may_undo else None)


def _changed(
    action: ContactAction, done: Collection[int], kept: Any, outcomes: Outcomes
) -> list[int]:
    """Return those that are no longer what they were, as far as the action knows that."""
    known = action.concerned(kept) if kept is not None else set(done) - outcomes.same
    return sorted(known.intersection(done))


def undo_of(row: Job) -> dict[str, Any]:
    """Return what takes back what was done at once: the same wherever it is offered."""
    return {"key": UNDO, "job": row.pk, "once": f"bulk:{row.pk}"}


def _said(action: ContactAction, done: list[int], kept: Any, outcomes: Outcomes) -> str:
    """Say what was done to whom, and why to others it was not."""
    undone = len(outcomes.skipped) + len(outcomes.failed)
    parts = [action.told(done, number(len(done)), kept)] if done else []
    if undone:
        why = next(iter([*outcomes.skipped.values(), *outcomes.failed.values()]))
        left = ngettext("%(count)s left out: %(why)s", "%(count)s left out: %(why)s", undone)
        parts.append(left % {"count": number(undone), "why": withholding.said(why)})
    return " · ".join(parts)


def under_way(request: HttpRequest, selection: Selection, job: int) -> None:
    """Say that a job works on them, and where one sees how far it is; its end is announced."""
    announcing.watch(request, job)
    hint_on_commit("kernel.jobs")
    words = ngettext(
        "Working on %(count)s contact.", "Working on %(count)s contacts.", selection.count
    )
    text = words % {"count": selection.shown}
    link = '{} <a href="{}">{}</a>'
    url = reverse("contacts-work")
    toasts.tell(request, format_html(link, text, url, _("See how far it is")))


def _told(
    request: HttpRequest, action: ContactAction, count: int | None, more: dict[str, Any]
) -> None:
    # Worded for whoever reads it: in their language, with the values they may see.
    after = {"key": action.key, deeds.RETOLD: {"config": action.config, "count": count}, **more}
    leave_trail(request, Deed("contacts", "bulk", after=after))


def named(action: ContactAction, count: str, *, undone: bool = False) -> str:
    """Say in the language in force what was done to how many, or taken back."""
    words = _("%(what)s: %(count)s") % {"what": action.describe(), "count": count}
    return (_("Undone: %(what)s") % {"what": words} if undone else words)[:200]


@undoes(UNDO)
def take_back(request: HttpRequest, document: Mapping[str, Any]) -> None:
    """Put those contacts back that the user may still change and nobody changed since."""
    user: Any = request.user
    mine = Job.objects.filter(kind=bulk_actions.KIND, user_id=user.pk)
    job = mine.filter(pk=document.get("job", 0)).first()
    args = job.args if job else {}
    ids, kept = args.get("contacts", []), args.get("kept")
    rows = resource_of("contacts").rows(user, "edit").filter(pk__in=ids)
    may = set(rows.values_list("pk", flat=True))
    kind = contact_actions.get(args.get("key", ""))
    try:
        if kind is None or kept is None:
            raise ConfigProblem([])
        action = kind(args["config"])
        action.check_reach(user, action.needs)
    except ConfigProblem:
        toasts.tell(request, _("This can no longer be undone."))
        return
    back = action.take_back(kept, may, clock.now())
    if job:
        bulk_actions.note_undone(job, back)
    count = len(back)
    if back:
        told = {"config": action.config, "count": count, "undone": action.key}
        after = {"key": UNDO, deeds.RETOLD: told}
        leave_trail(request, Deed("contacts", "bulk", after=after))
    left = len(action.concerned(kept).intersection(ids) - back)
    toasts.tell(request, said(count, left))


def _acting(key: str, label: Any, icon: str, form: type[ActionForm], **more: Any) -> Acting:
    title = TITLES[key]
    return Acting(key, label, icon, "edit", _run, unlimited=True, title=title, asked=form, **more)


KNOWN = (
    _acting("tags", _lazy("Tags"), "tag", asking.TagForm),
    _acting("segments", _lazy("Segment"), "users-group", asking.SegmentForm),
    _acting("campaigns", _lazy("Campaign"), "sitemap", asking.CampaignForm),
    _acting("owner", _lazy("Owner"), "user-check", asking.OwnerForm),
    # A whole list is written to by a broadcast, which can be paused and called off.
    Acting(
        "email",
        _lazy("Email"),
        "mail",
        "edit",
        _run,
        title=TITLES["email"],
        asked=asking.EmailForm,
    ),
    Acting(
        "sms",
        _lazy("SMS"),
        "message",
        "edit",
        _run,
        title=TITLES["sms"],
        asked=asking.TextForm,
        rare=True,
    ),
    _acting("stage", _lazy("Stage"), "stairs-up", asking.StageForm),
    _acting("points", _lazy("Points"), "target-arrow", asking.PointsForm),
    _acting(
        "task",
        _lazy("Task"),
        "checkbox",
        asking.TaskForm,
        rare=True,
        presumes=(("tasks", "create"),),
    ),
    _acting(
        "push",
        _lazy("Push to a system"),
        "plug",
        asking.PushForm,
        rare=True,
        presumes=(("contacts", "export"), ("connections", "view")),
    ),
    _acting("field", _lazy("Change a field"), "pencil", FieldForm, rare=True),
    _acting("channel", _lazy("Do not contact"), "hand-stop", asking.ChannelForm, rare=True),
)


def offered() -> list[BulkAction]:
    """Return those whose action some app has registered."""
    return [action for action in KNOWN if action.asked.key in contact_actions]
