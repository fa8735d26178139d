"""Groups of points on screen."""

from typing import Any

from django import forms
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from backoffice.bulk import in_words
from backoffice.bulk_screens import deleting
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import mine
from backoffice.resource import Resource
from backoffice.routes import register
from contacts.models import Contact
from kernel.permissions import narrow
from points.models import PointGroup, Score


class PointGroupForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, and what the score is about."""

    class Meta:
        model = PointGroup
        fields = ("name", "description")
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
        """Count who has points in each, of those one may see."""
        scores = Score.objects.filter(group=OuterRef("pk")).exclude(points=0)
        seen = narrow(Contact.objects.all(), user, "contacts", "view")
        mine = scores.filter(contact_id__in=seen.values("pk")).order_by().values("group")
        counted = mine.annotate(number=Count("contact_id")).values("number")
        return super().rows(user, verb).annotate(people=Coalesce(Subquery(counted), 0))


PointGroups.bulk = (deleting(PointGroups),)
urlpatterns = register(
    PointGroups,
    Place(_("Groups"), "point-groups", "target-arrow", 640, "point_groups", under="points"),
    order=640,
)
