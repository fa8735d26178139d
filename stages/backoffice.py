"""Stages on screen."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from backoffice.bulk_screens import deleting
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import mine
from backoffice.resource import Resource
from backoffice.routes import register
from stages.models import Stage
from stages.services.moving import everybody_in, leave

# Exactly, by the index on the stage of a contact.
PEOPLE = "SELECT count(*) FROM contact_state WHERE contact_state.stage_id = stage.id"


class StageForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, order and what the stage means."""

    class Meta:
        model = Stage
        fields = ("name", "weight", "description")
        help_texts = {"weight": _("Smaller numbers come first.")}
        widgets = {"description": forms.Textarea({"rows": 3})}


class Stages(Resource[Stage]):
    """The steps people go through."""

    key = kind = "stages"
    model = Stage
    form = StageForm
    icon = "stairs-up"
    label, plural, new_label = _("Stage"), _("Stages"), _("New stage")
    purpose = _("A stage says how far somebody has come: lead, customer, ambassador.")
    owner = "owner"
    subject = "stage"
    search = ("name", "description")
    columns = (
        Column("description", _("Description"), width="wide"),
        Column("people", _("People"), lambda row: row.people, end=True, narrow=True),
        Column("weight", _("Order"), sort="weight", end=True),
        Column("updated_at", _("Changed"), sort="updated_at", shown=False),
    )
    default_sort = "weight"
    filters = (mine(),)

    def listed(self, rows: QuerySet[Stage]) -> QuerySet[Stage]:
        """Add how many people are in each."""
        return rows.annotate(people=RawSQL(PEOPLE, []))  # noqa: S611 - a statement of ours

    def details(self, row: Stage) -> list[tuple[Any, Any]]:
        """Tell what the list tells, of one."""
        return list(super().details(self.listed(Stage.objects.filter(pk=row.pk)).get()))

    def delete(self, row: Stage, now: datetime) -> None:
        """Whoever was in it is in none."""
        everybody = everybody_in(row.pk)
        super().delete(row, now)
        leave(everybody)


Stages.bulk = (deleting(Stages),)
urlpatterns = register(
    Stages, Place(_("Stages"), "stages", "stairs-up", 630, "stages", under="points"), order=630
)
