"""Tasks: the list of what is to be done, what is due first, and done with a press."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from backoffice import toasts
from backoffice.bulk import MOST_AT_ONCE, BulkAction, Selection
from backoffice.bulk_screens import deleting
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import ListFilter
from backoffice.resource import resource_of
from backoffice.routes import register
from backoffice.screens import Screen, leave_trail
from backoffice.undo import undoes
from desk.backoffice.about import AboutContacts, asked_for
from desk.backoffice.due import apply_due, apply_state, due_cell, state_pill
from desk.backoffice.taskform import TaskForm
from desk.models import READ, Task
from desk.services import tasks
from desk.services.tasks import Draft
from desk.words import TaskKind
from kernel import clock
from kernel.changes import announce
from kernel.trail import Deed

UNDO = "tasks.done"
# Behind everything with a day: what has none, and then what is done.
NO_DAY, DONE = datetime(9999, 1, 1, tzinfo=UTC), datetime(9999, 6, 1, tzinfo=UTC)
PLACE = Case(When(done_at__isnull=False, then=Value(DONE)), default=Coalesce("due_at", NO_DAY))
DUE = (
    ("overdue", gettext_lazy("overdue")),
    ("today", gettext_lazy("today")),
    ("week", gettext_lazy("within a week")),
    ("none", gettext_lazy("at no particular time")),
)
STATES = (("open", gettext_lazy("open")), ("done", gettext_lazy("done")))


def _whose(user: Any) -> Sequence[tuple[str, Any]]:
    return [(str(user.pk), gettext_lazy("me")), ("none", gettext_lazy("nobody"))]


def _assigned(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(assignee__isnull=True) if value == "none" else rows.filter(assignee=value)


class Tasks(AboutContacts[Task]):
    """What is to be done for people."""

    key = kind = "tasks"
    model = Task
    form = TaskForm
    item_template = "desk/task.html"
    icon = "checkbox"
    label, plural, new_label = gettext_lazy("Task"), gettext_lazy("Tasks"), gettext_lazy("New task")
    purpose = gettext_lazy("A call to make, a mail to answer: for whom, by when, and who does it.")
    called = pgettext_lazy("of a task", "Title")
    search = ("title", "text")
    columns = (
        Column("due", gettext_lazy("Due"), due_cell, sort="place", narrow=True, width="when"),
        Column("contact", gettext_lazy("Contact"), lambda row: Tasks().about(row)),
        Column("kind", gettext_lazy("Kind"), lambda row: TaskKind(row.kind).label, width="slim"),
        Column("assignee", gettext_lazy("Assigned to"), lambda row: str(row.assignee or "")),
        Column("created_at", gettext_lazy("Created"), sort="created_at", width="when", shown=False),
    )
    sorts = ("title",)
    default_sort = "place"
    filters = (
        ListFilter("assignee", gettext_lazy("Assigned to"), _whose, _assigned),
        ListFilter("due", gettext_lazy("Due"), DUE, apply_due),
        ListFilter("state", gettext_lazy("State"), STATES, apply_state),
        ListFilter("kind", gettext_lazy("Kind"), TaskKind.choices, lambda r, v: r.filter(kind=v)),
    )
    restorable = True

    def listed(self, rows: QuerySet[Task]) -> QuerySet[Task]:
        """Put what is due first, and what is done last."""
        return rows.annotate(place=PLACE).select_related("assignee")

    def name(self, row: Task) -> str:
        """Say what is to be done."""
        return row.title

    def under(self, row: Task) -> str:
        """Name the contact where there is no room for a column."""
        return getattr(row, "contact_name", "")

    def state(self, row: Task) -> Any:
        """Say whether it is done, or late."""
        return state_pill(row)

    def facts(self, row: Task) -> Any:
        """Lead to the contact."""
        return self.about(row)

    def details(self, row: Task) -> list[tuple[Any, Any]]:
        """Tell all of it."""
        told = list(super().details(self.listed(Task.objects.filter(pk=row.pk)).get()))
        if row.done_at:
            told.append((_("Done by"), str(row.done_by or "")))
        return [*told, *([(_("Details"), row.text)] if row.text else [])]

    def follow(self, row: Task) -> None:
        """Tell those who ask for open tasks of one that comes back."""
        super().follow(row)
        announce([row.contact_id], [READ])

    def form_for(self, request: HttpRequest, row: Task | None, data: Any = None) -> Any:
        """Make the form; the address may name the contact."""
        return TaskForm(request.user, asked_for(request), data, instance=row)

    def save(self, form: Any, user: Any, now: datetime) -> Task:
        """Make a new one as everywhere, so that campaigns hear of it."""
        if form.instance.pk is not None:
            return super().save(form, user, now)
        row: Task = form.instance
        draft = Draft(
            title=row.title,
            kind=row.kind,
            text=row.text,
            due_at=row.due_at,
            assignee=row.assignee_id,
        )
        number = tasks.create([form.cleaned_data["contact"].pk], draft, now)[0]
        return Task.objects.get(pk=number)


def finish(request: HttpRequest, ids: Sequence[int]) -> list[int]:
    """Note that tasks are done, offering to take it back; return which were not yet."""
    user: Any = request.user
    done = tasks.finish(ids, user, clock.now())
    for number in done:
        leave_trail(request, Deed("tasks", "done", object=number))
    text = ngettext("%(count)d task done", "%(count)d tasks done", len(done))
    undo = {"key": UNDO, "tasks": done} if done else None
    toasts.tell(request, text % {"count": len(done)}, undo)
    return done


@undoes(UNDO)
@transaction.atomic
def take_back(request: HttpRequest, document: Mapping[str, Any]) -> None:
    """Take up again what the user may still change."""
    rows = resource_of("tasks").rows(request.user, "edit").filter(pk__in=document["tasks"])
    ids = list(rows.values_list("pk", flat=True))
    tasks.reopen(ids, clock.now())
    for number in ids:
        leave_trail(request, Deed("tasks", "reopen", object=number))
    toasts.tell(request, _("Undone"))


class Finish(Screen):
    """Done, or taken up again, with a press."""

    verb = "edit"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note it, and go back to where one was."""
        row = self.item(pk, "edit")
        if request.POST.get("act") == "reopen":
            if tasks.reopen([row.pk], clock.now()):
                leave_trail(request, Deed("tasks", "reopen", object=row.pk))
                toasts.tell(request, _("The task is open again"))
        else:
            finish(request, [row.pk])
        back = request.POST.get("back", "")
        known = url_has_allowed_host_and_scheme(back, None)
        return HttpResponseRedirect(back if known else self.resource.url("item", row.pk))


def _finish_many(request: HttpRequest, selection: Selection, _settings: dict[str, Any]) -> None:
    finish(request, list(selection.rows.values_list("pk", flat=True)[:MOST_AT_ONCE]))


Tasks.bulk = (
    BulkAction("done", gettext_lazy("Done"), "check", "edit", _finish_many),
    deleting(Tasks),
)
here = Place(gettext_lazy("Tasks"), "tasks", "checkbox", 240, "tasks", under="contacts")
urlpatterns = register(Tasks, here, order=240)
urlpatterns += [
    path(
        "tasks/<int:pk>/done",
        Finish.as_view(resource=resource_of("tasks"), kind="tasks"),
        name="tasks-done",
    )
]
