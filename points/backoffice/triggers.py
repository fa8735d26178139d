"""Point triggers on screen: the threshold, what is done there, and for whom it was."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice import toasts
from backoffice.attachments import tab
from backoffice.bulk import in_words
from backoffice.bulk_screens import deleting
from backoffice.choosing import worded
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import ListFilter, mine, telling_whose
from backoffice.resource import Resource
from backoffice.routes import register
from backoffice.screens import Screen, leave_trail
from backoffice.templatetags.relais import pill
from contacts.models import Contact
from contacts.services import counting
from kernel import filing
from kernel.actions import contact_actions
from kernel.permissions import narrow, whose
from kernel.trail import Deed
from points import tasks
from points.backoffice.trigger_actions import AddStep, ChangeStep
from points.models import Firing, PointGroup, PointTrigger
from points.services import firing, reaching, triggers
from points.services.telling import problem_said

YES, NO = "yes", "no"
LATEST = 100
FIRED = counting.Naming("point_firing", "trigger_id")


class PointTriggerForm(forms.ModelForm):  # type: ignore[type-arg]
    """The threshold; what is done there is chosen on the trigger's page."""

    class Meta:
        model = PointTrigger
        fields = ("name", "description", "threshold", "group", "colour", "active")
        formfield_callback = worded
        help_texts = {
            "group": _lazy("None: the total."),
            "active": _lazy("Switch it on when its actions are chosen."),
        }
        widgets = {"description": forms.Textarea({"rows": 2})}

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        groups: Any = self.fields["group"]
        seen = narrow(PointGroup.objects.all(), user, "point_groups", "view")
        mine = PointGroup.objects.filter(pk=self.instance.group_id)
        groups.queryset = (seen | mine).order_by("name")
        self.fields["colour"] = forms.TypedChoiceField(
            label=_lazy("Colour"),
            choices=[(str(key), swatch(key)) for key in range(1, filing.COLOURS + 1)],
            coerce=int,
            initial=str(self.instance.colour),
            widget=forms.RadioSelect,
        )
        if self.instance.pk is None:
            self.initial["active"] = False

    def clean(self) -> dict[str, Any]:
        """Refuse to set off, for others than before, actions that one may not have done."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        wider = cleaned.get("active") and {"active", "threshold", "group"} & {*self.changed_data}
        if wider and self.instance.pk and not reaching.reaches(self.instance, self.user):
            raise ValidationError(reaching.BEYOND, "not_allowed")
        return cleaned


def swatch(colour: int) -> Any:
    """Draw a colour."""
    number = _("Colour %(number)s") % {"number": colour}
    return format_html('<span class="chip dotted"><i class="k{}"></i>{}</span>', colour, number)


class PointTriggers(Resource[PointTrigger]):
    """What happens once for whoever reaches so many points."""

    key = "point-triggers"
    path = "points/triggers"
    kind = "point_triggers"
    model = PointTrigger
    form = PointTriggerForm
    icon = "bolt"
    label, plural = _lazy("Point trigger"), _lazy("Point triggers")
    new_label = _lazy("New point trigger")
    purpose = _lazy("A trigger does something, once, for whoever reaches so many points.")
    owner = "owner"
    subject = "point_trigger"
    search = ("name", "description")
    columns = (
        Column("threshold", _lazy("Threshold"), sort="threshold", end=True, narrow=True),
        Column("group", _lazy("Group"), lambda row: row.group.name if row.group else ""),
        Column("state", _lazy("State"), lambda row: state_pill(row), width="mid"),
        Column("people", _lazy("Fired for"), lambda row: in_words(row.people), end=True),
        Column("updated_at", _lazy("Changed"), sort="updated_at", width="slim"),
    )
    default_sort = "threshold"
    filters = (
        ListFilter(
            "active",
            _lazy("Active"),
            ((YES, _lazy("yes")), (NO, _lazy("no"))),
            lambda rows, value: rows.filter(active=value == YES),
        ),
        mine(),
    )
    item_template = "points/trigger.html"

    def rows(self, user: Any, verb: str = "view") -> QuerySet[PointTrigger]:
        """Remember whose people are counted, and read the group along."""
        return telling_whose(super().rows(user, verb).select_related("group"), user)

    def attach(self, rows: list[PointTrigger]) -> None:
        """Say for how many each fired, of those one may see."""
        counting.attach(rows, FIRED)

    def form_for(self, request: HttpRequest, row: PointTrigger | None, data: Any = None) -> Any:
        """Offer the groups one may see."""
        return PointTriggerForm(data, instance=row, user=request.user)

    def save(self, form: Any, user: Any, now: datetime) -> PointTrigger:
        """Note what it points at."""
        triggers.note_uses(form.instance)
        return super().save(form, user, now)

    def picture(self, row: PointTrigger) -> Any:
        """Draw its colour."""
        return format_html('<span class="chip dotted"><i class="k{}"></i></span>', row.colour)

    def state(self, row: PointTrigger) -> Any:
        """Tell whether it is on."""
        return state_pill(row)

    def details(self, row: PointTrigger) -> list[tuple[Any, Any]]:
        """Say when it fires."""
        return [
            (_("Threshold"), row.threshold),
            (_("Group"), row.group.name if row.group else _("the total")),
        ]

    def page(self, request: HttpRequest, row: PointTrigger) -> dict[str, Any]:
        """List its actions, and count who is above."""
        steps = [{"id": step["id"], "words": _words(step)} for step in row.actions]
        user: Any = request.user
        owner = reaching.whose_contacts(user)
        above = firing.count_above(row, owner) if row.active else 0
        return {
            "steps": steps,
            "above": above,
            "may_apply": reaching.may_apply(row, user),
            "only_own": owner is not None,
        }

    def told(self, row: PointTrigger) -> Mapping[str, Any]:
        """Compare what people edit."""
        names = ("name", "description", "threshold", "group_id", "colour", "active", "actions")
        return {name: getattr(row, name) for name in names}


def _words(step: Mapping[str, Any]) -> str:
    kind = contact_actions.get(step["key"])
    return kind(step["config"]).describe() if kind else _("no longer available")


def state_pill(row: PointTrigger) -> Any:
    """Tell whether it is on."""
    return pill("published", _("active")) if row.active else pill("unpublished", _("off"))


def fired_for(user: Any) -> QuerySet[Firing]:
    """Return for whom triggers fired, of the contacts one may see."""
    seen = narrow(Contact.objects.all(), user, "contacts", "view")
    return Firing.objects.filter(contact_id__in=seen.values("pk"))


@tab(
    "point-triggers",
    "fired",
    _lazy("Fired for"),
    "points/fired.html",
    order=10,
    kind="contacts",
    count=lambda user, row: counting.people(FIRED, [row.pk], whose(user, "contacts")).get(row.pk),
)
def fired(request: HttpRequest, row: PointTrigger) -> dict[str, Any]:
    """List the latest for whom it fired."""
    latest = fired_for(request.user).filter(trigger=row).order_by("-fired_at")[:LATEST]
    people = Contact.objects.in_bulk([one.contact_id for one in latest])
    lines = [
        {"firing": one, "contact": people[one.contact_id], "problem": problem_said(one.problem)}
        for one in latest
        if one.contact_id in people
    ]
    return {"lines": lines}


class Apply(Screen):
    """Firing a trigger for those who are above already."""

    verb = "edit"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Queue the job."""
        row = self.item(pk, "edit")
        if not reaching.may_apply(row, self.user):
            raise PermissionDenied
        if row.active:
            job = tasks.apply(row, self.user)
            after = {"job": job.pk if job else None}
            leave_trail(
                request, Deed("point_triggers", "apply", object=pk, name=row.name, after=after)
            )
            toasts.tell(request, _("“%(name)s” is being applied") % {"name": row.name})
        return HttpResponseRedirect(self.resource.url("item", pk))


PointTriggers.bulk = (deleting(PointTriggers),)
urlpatterns = register(
    PointTriggers,
    Place(_lazy("Triggers"), "point-triggers", "bolt", 620, "point_triggers", under="points"),
    order=620,
)
_given: dict[str, Any] = {"resource": PointTriggers(), "kind": PointTriggers.kind, "verb": "edit"}
urlpatterns += [
    path("points/triggers/<int:pk>/apply", Apply.as_view(**_given), name="point-triggers-apply"),
    path("points/triggers/<int:pk>/actions", AddStep.as_view(**_given), name="point-triggers-add"),
    path(
        "points/triggers/<int:pk>/actions/<int:step>",
        ChangeStep.as_view(**_given),
        name="point-triggers-step",
    ),
]
