"""Notes and tasks on the page of a contact, with quick ways to add both."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from api import sittings
from backoffice import toasts
from backoffice.attachments import tab
from backoffice.resource import resource_of
from backoffice.screens import Screen, leave_trail
from contacts.models import Contact
from desk.backoffice.about import tab_of
from desk.backoffice.due import is_late
from desk.backoffice.notes import NoteForm
from desk.backoffice.taskform import TaskForm
from desk.words import ICONS
from kernel import clock
from kernel.permissions import Reach
from kernel.trail import Deed

MOST_NOTES, MOST_DONE = 100, 20
FORMS: dict[str, Any] = {"notes": NoteForm, "tasks": TaskForm}


def _count(user: Any, contact: Contact) -> int:
    notes, todo = (resource_of(key).rows(user).filter(contact=contact) for key in FORMS)
    return notes.count() + todo.filter(done_at=None).count()


@tab(
    "contacts",
    "desk",
    gettext_lazy("Notes and tasks"),
    "desk/of_contact.html",
    order=10,
    count=_count,
    kind="notes",
)
def desk_of(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """Return notes, pinned ones first, open tasks, due ones first, and those done last."""
    user: Any = request.user
    notes, todo = resource_of("notes"), resource_of("tasks")
    written = notes.rows(user).filter(contact=contact).select_related("author")
    mine = todo.rows(user).filter(contact=contact).select_related("assignee", "done_by")
    still = mine.filter(done_at=None).order_by("due_at", "pk")
    for row in (shown := list(written.order_by("-pinned", "-created_at", "-pk")[:MOST_NOTES])):
        row.icon = ICONS[row.kind]
    for row in (waiting := list(still)):
        row.icon, row.late = ICONS[row.kind], is_late(row)
    return {
        "notes": shown,
        "waiting": waiting,
        "done": mine.filter(done_at__isnull=False).order_by("-done_at")[:MOST_DONE],
        "sees_tasks": user.reach("tasks", "view") is not Reach.NONE,
        "note_form": NoteForm(user, ""),
        "task_form": TaskForm(user, f"#{contact.pk}"),
        "may": {
            f"{verb}_{kind}": user.reach(kind, verb) is not Reach.NONE
            for kind in ("notes", "tasks")
            for verb in ("create", "edit", "delete")
        },
        "back": tab_of(contact.pk),
        "sitting": str(uuid4()),
    }


class Add(Screen):
    """A note or a task, typed on the page of the contact it is about."""

    verb = "create"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep it once, however often it is sent; or show it with what is wrong with it."""
        row, things, now = self.item(pk), resource_of(self.kind), clock.now()
        token = request.POST.get("sitting", "")
        sitting = sittings.claim(self.user.pk, token, now)
        digest = sittings.digest(request.path, request.POST)
        if sitting and sitting.repeats(digest):
            return HttpResponseRedirect(tab_of(row.pk))
        form = FORMS[self.kind](self.user, "", {**request.POST.dict(), "contact": f"#{row.pk}"})
        form.fields["contact"].widget = forms.HiddenInput()
        if not form.is_valid():
            context = {
                "form": form,
                "title": things.new_label,
                "back": tab_of(row.pk),
                "sitting": token or str(uuid4()),
            }
            return render(request, "backoffice/form.html", self.context(**context), status=422)
        saved = things.save(form, self.user, now)
        if sitting:
            sitting.saved(saved.pk, things.version(saved), digest)
        leave_trail(request, Deed(self.kind, "create", object=saved.pk, after={"contact": row.pk}))
        toasts.tell(request, _("Note added") if self.kind == "notes" else _("Task added"))
        return HttpResponseRedirect(tab_of(row.pk))


given: dict[str, Any] = {"resource": resource_of("contacts")}
urlpatterns = [
    path("contacts/<int:pk>/notes", Add.as_view(kind="notes", **given), name="contacts-add-note"),
    path("contacts/<int:pk>/tasks", Add.as_view(kind="tasks", **given), name="contacts-add-task"),
]
