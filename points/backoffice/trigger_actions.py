"""What a trigger does, action by action: adding one with its settings, moving and removing it."""

from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from api import sittings
from backoffice import toasts
from backoffice.action_forms import StepForm
from backoffice.screens import Screen, leave_trail
from kernel import clock, masking
from kernel.filters import restoring
from kernel.registry import ConfigProblem
from kernel.trail import Deed
from points.models import PointTrigger
from points.services import triggers


class AddStep(Screen):
    """Adding an action to a trigger."""

    verb = "edit"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask which, and what it is to do."""
        form = StepForm(self.user, request.GET.get("key", ""), triggers.PLACE)
        return self._page(self.item(pk, "edit"), form)

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep it, last of all."""
        sitting = sittings.claim(self.user.pk, request.POST.get("sitting", ""), clock.now())
        digest = sittings.digest(request.path, request.POST)
        if sitting and sitting.repeats(digest):
            return HttpResponseRedirect(self.resource.url("item", pk))
        row = self.item(pk, "edit", lock=True)
        form = StepForm(self.user, request.POST.get("key", ""), triggers.PLACE, request.POST)
        if form.is_valid():
            try:
                step = _added(row, form.step(), self.user)
                _keep(request, row, [*row.actions, step])
                if sitting:
                    sitting.saved(row.pk, row.version, digest)
                return HttpResponseRedirect(self.resource.url("item", pk))
            except ConfigProblem as refused:
                form.tell(refused)
        return self._page(row, form, status=422)

    def _page(self, row: PointTrigger, form: StepForm, status: int = 200) -> HttpResponse:
        back = self.resource.url("item", row.pk)
        sitting = self.request.POST.get("sitting") or str(uuid4())
        context = self.context(row=row, form=form, back=back, sitting=sitting)
        return render(self.request, "points/trigger_action.html", context, status=status)


class ChangeStep(Screen):
    """Moving an action before the one above it, or removing it."""

    verb = "edit"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, step: int) -> HttpResponse:
        """Do what the button says."""
        row = self.item(pk, "edit", lock=True)
        places = [place for place, one in enumerate(row.actions) if one["id"] == step]
        if not places:
            raise Http404
        place, actions = places[0], list(row.actions)
        moved = actions.pop(place)
        if request.POST.get("do") == "up":
            actions.insert(max(place - 1, 0), moved)
        elif masking.hides_any(moved):
            toasts.tell(request, restoring.refused())
            return HttpResponseRedirect(self.resource.url("item", pk))
        _keep(request, row, actions)
        return HttpResponseRedirect(self.resource.url("item", pk))


def _added(row: PointTrigger, step: dict[str, Any], user: Any) -> dict[str, Any]:
    """Check an action and number it; those that are there stay as they are, unchecked."""
    if len(row.actions) >= triggers.MOST_ACTIONS:
        message = _("A list of at most %(number)d actions is expected.")
        told = message % {"number": triggers.MOST_ACTIONS}
        raise ConfigProblem([{"field": "", "code": "invalid", "message": told}])
    alone = PointTrigger(last_action=row.last_action)
    triggers.take_actions(alone, [step], user)
    row.last_action = alone.last_action
    added: dict[str, Any] = alone.actions[0]
    return added


def _keep(request: HttpRequest, row: PointTrigger, actions: list[Any]) -> None:
    before = {"actions": row.actions}
    row.actions = actions
    triggers.note_uses(row)
    row.version, row.updated_at = row.version + 1, clock.now()
    row.save()
    after = {"actions": row.actions}
    told = Deed(
        "point_triggers", "change", object=row.pk, name=row.name, before=before, after=after
    )
    leave_trail(request, told)
