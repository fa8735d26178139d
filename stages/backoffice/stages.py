"""Stages as a resource: list, form, pages."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from backoffice.bulk import in_words
from backoffice.bulk_screens import deleting
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import mine, telling_whose
from backoffice.resource import Resource
from backoffice.routes import register
from contacts.services import counting
from kernel.plain_words import TOO_LARGE
from stages.models import Stage
from stages.services.moving import everybody_in, leave


class StageForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, order and what the stage means."""

    class Meta:
        model = Stage
        fields = ("name", "weight", "description")
        help_texts = {"weight": _("Smaller numbers come first.")}
        widgets = {"description": forms.Textarea({"rows": 3})}
        # The limit is that of the database: no number anybody would want to read.
        error_messages = {"weight": {"max_value": TOO_LARGE}}


def _people(row: Any) -> Any:
    behind = f"{reverse('contacts')}?stage={row.pk}"
    return format_html('<a href="{}">{}</a>', behind, in_words(row.people))


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
        Column("people", _("People"), _people, end=True, narrow=True),
        Column("weight", _("Order"), sort="weight", end=True),
        Column("updated_at", _("Changed"), sort="updated_at", shown=False),
    )
    default_sort = "weight"
    filters = (mine(),)

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Stage]:
        """Remember whose people are counted."""
        return telling_whose(super().rows(user, verb), user)

    def attach(self, rows: list[Stage]) -> None:
        """Say how many people are in each, of those one may see."""
        counting.attach(rows, counting.STAGED)

    def details(self, row: Stage) -> list[tuple[Any, Any]]:
        """Tell what the list tells, of one."""
        self.attach([row])
        return list(super().details(row))

    def delete(self, row: Stage, now: datetime) -> None:
        """Whoever was in it is in none."""
        everybody = everybody_in(row.pk)
        super().delete(row, now)
        leave(everybody)


Stages.bulk = (deleting(Stages),)
urlpatterns = register(
    Stages, Place(_("Stages"), "stages", "stairs-up", 630, "stages", under="points"), order=630
)
