"""What is done for whoever sent a form, action by action."""

from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from api import sittings
from backoffice import toasts
from backoffice.action_forms import StepForm
from backoffice.attachments import tab
from backoffice.screens import Screen, leave_trail
from forms.backoffice.resource import Forms
from forms.models import Form
from forms.services import changing
from kernel import action_lists, clock, masking
from kernel.actions import contact_actions
from kernel.filters import restoring
from kernel.registry import ConfigProblem
from kernel.trail import Deed


@tab(
    "forms",
    "actions",
    _lazy("When it is sent"),
    "forms/actions.html",
    order=20,
    count=lambda user, row: len(row.actions),
)
def actions(request: HttpRequest, form: Form) -> dict[str, Any]:
    """List what is done."""
    may = Forms().rows(request.user, "edit").filter(pk=form.pk).exists()
    steps = [{"id": step["id"], **_words(step)} for step in form.actions]
    return {"steps": steps, "may_edit": may}


def _words(step: dict[str, Any]) -> dict[str, Any]:
    kind = contact_actions.get(step["key"])
    if kind is None:
        return {"words": _("no longer available"), "icon": "point"}
    return {"words": kind(step["config"]).describe(), "icon": kind.icon}


class AddAction(Screen):
    """Adding an action."""

    verb = "edit"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask which, and what it is to do."""
        form = StepForm(self.user, request.GET.get("key", ""), changing.PLACE)
        return self._page(self.item(pk, "edit"), form)

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep it, last of all."""
        sitting = sittings.claim(self.user.pk, request.POST.get("sitting", ""), clock.now())
        digest = sittings.digest(request.path, request.POST)
        back = HttpResponseRedirect(f"{self.resource.url('item', pk)}?tab=actions")
        if sitting and sitting.repeats(digest):
            return back
        row: Form = self.item(pk, "edit", lock=True)
        form = StepForm(self.user, request.POST.get("key", ""), changing.PLACE, request.POST)
        if form.is_valid():
            try:
                alone = Form(last_action=row.last_action)
                action_lists.take_actions(alone, [form.step()], self.user, changing.PLACE)
                row.last_action = alone.last_action
                keep(request, row, [*row.actions, *alone.actions])
                if sitting:
                    sitting.saved(row.pk, row.version, digest)
                return back
            except ConfigProblem as refused:
                form.tell(refused)
        return self._page(row, form, status=422)

    def _page(self, row: Form, form: StepForm, status: int = 200) -> HttpResponse:
        back = f"{self.resource.url('item', row.pk)}?tab=actions"
        sitting = self.request.POST.get("sitting") or str(uuid4())
        context = self.context(row=row, form=form, back=back, sitting=sitting)
        return render(self.request, "forms/action.html", context, status=status)


class ChangeAction(Screen):
    """Moving an action before the one above it, or removing it."""

    verb = "edit"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, step: int) -> HttpResponse:
        """Do what the button says."""
        row: Form = self.item(pk, "edit", lock=True)
        places = [place for place, one in enumerate(row.actions) if one["id"] == step]
        if not places:
            raise Http404
        place, left = places[0], list(row.actions)
        moved = left.pop(place)
        back = HttpResponseRedirect(f"{self.resource.url('item', pk)}?tab=actions")
        if request.POST.get("do") == "up":
            left.insert(max(place - 1, 0), moved)
        elif masking.hides_any(moved):
            toasts.tell(request, restoring.refused())
            return back
        keep(request, row, left)
        return back


def keep(request: HttpRequest, row: Form, left: list[Any]) -> None:
    """Store the actions of a form, and who changed them."""
    before = {"actions": row.actions}
    row.actions = left
    changing.note_uses(row)
    row.version, row.updated_at = row.version + 1, clock.now()
    row.save()
    after = {"actions": row.actions}
    deed = Deed("forms", "change", object=row.pk, name=row.name, before=before, after=after)
    leave_trail(request, deed)


_given: dict[str, Any] = {"resource": Forms(), "kind": Forms.kind}
urlpatterns = [
    path("forms/<int:pk>/actions", AddAction.as_view(**_given), name="forms-action-add"),
    path("forms/<int:pk>/actions/<int:step>", ChangeAction.as_view(**_given), name="forms-action"),
]
