"""Groups of points on screen."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from backoffice.bulk import in_words
from backoffice.bulk_screens import deleting
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import mine, telling_whose
from backoffice.resource import Resource
from backoffice.routes import register
from contacts.services import counting
from points.models import PointGroup

DECAY = ("decay_days", "decay_loss", "decay_unit", "decay_floor")
SCORED = counting.Naming("point_score", "group_id", "n.points <> 0")


class PointGroupForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, and what the score is about."""

    class Meta:
        model = PointGroup
        fields = ("name", "description", *DECAY)
        help_texts = {
            "decay_days": _("Days without anything that gives or takes points; 0: never."),
            "decay_floor": _("Who has less loses nothing."),
        }
        widgets = {"description": forms.Textarea({"rows": 3})}


class PointGroups(Resource[PointGroup]):
    """Scores of their own beside the total."""

    key = "point-groups"
    path = "points/groups"
    kind = "point_groups"
    model = PointGroup
    form = PointGroupForm
    icon = "target-arrow"
    label, plural, new_label = _("Point group"), _("Point groups"), _("New point group")
    purpose = _("A group is a score of its own beside the total: one for each product, say.")
    owner = "owner"
    subject = "point_group"
    search = ("name", "description")
    columns = (
        Column("description", _("Description"), width="wide"),
        Column("people", _("People"), lambda row: in_words(row.people), end=True, narrow=True),
        Column("updated_at", _("Changed"), sort="updated_at", shown=False),
    )
    filters = (mine(),)

    def rows(self, user: Any, verb: str = "view") -> QuerySet[PointGroup]:
        """Remember whose people are counted."""
        return telling_whose(super().rows(user, verb), user)

    def attach(self, rows: list[PointGroup]) -> None:
        """Say how many have points in each, of those one may see."""
        counting.attach(rows, SCORED)

    def details(self, row: PointGroup) -> list[tuple[Any, Any]]:
        """Tell what the list tells, of one, and how it fades."""
        self.attach([row])
        return [*super().details(row), (_("Fades"), fades(row))]


def fades(row: PointGroup) -> str:
    """Say how the scores in a group fade."""
    if not row.decay_days:
        return gettext("never")
    if row.decay_unit == PointGroup.Unit.PERCENT:
        loss = gettext("%(loss)s %%")
    else:
        loss = ngettext("%(loss)s point", "%(loss)s points", row.decay_loss)
    said = ngettext(
        "%(lost)s every %(count)s day without activity, never below %(floor)s",
        "%(lost)s every %(count)s days without activity, never below %(floor)s",
        row.decay_days,
    )
    lost = loss % {"loss": row.decay_loss}
    return said % {"lost": lost, "count": row.decay_days, "floor": row.decay_floor}


PointGroups.bulk = (deleting(PointGroups),)
urlpatterns = register(
    PointGroups,
    Place(_("Groups"), "point-groups", "target-arrow", 640, "point_groups", under="points"),
    order=640,
)
