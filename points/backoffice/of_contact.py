"""What the page of a contact tells of their points: scores, and where they come from."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.generic import View

from backoffice.access import Permitted
from backoffice.attachments import card
from contacts.models import Contact, ContactState
from kernel import withholding
from kernel.permissions import narrow
from points.models import PointGroup
from points.services import interests
from points.services.adjust import scores_of
from points.services.telling import told


@card("contacts", "points", "points/of_contact.html", order=12, kind="contacts")
def points_of(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """Tell the total and the scores in groups, of those groups one may see."""
    total = ContactState.objects.filter(contact=contact).values_list("points", flat=True).first()
    scores = scores_of(contact.pk)
    rows = [{"group": group, "points": scores[group.pk]} for group in _seen(request.user, scores)]
    return {"total": total or 0, "scores": rows}


@card("contacts", "interests", "points/interests.html", order=13, kind="contacts")
def interests_of(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """Tell what they are interested in, each beside the most."""
    found = [] if withholding.unprofiled([contact.pk]) else interests.of_contact(contact.pk)
    return {"interests": found, "most": max((each.points for each in found), default=0)}


class From(Permitted, View):
    """Where somebody's points come from, in a dialog."""

    kind = "contacts"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """List what each rule gave, and what remains."""
        user: Any = request.user
        contact = get_object_or_404(narrow(Contact.objects.all(), user, "contacts", "view"), pk=pk)
        scores = told(pk)
        seen = {group.pk for group in _seen(user, {score.group for score in scores})}
        shown = [score for score in scores if score.group is None or score.group in seen]
        return render(request, "points/from.html", {"contact": contact, "scores": shown})


def _seen(user: Any, groups: Any) -> Any:
    seen = narrow(PointGroup.objects.all(), user, "point_groups", "view")
    return seen.filter(pk__in=[group for group in groups if group is not None]).order_by("name")


urlpatterns = [path("contacts/<int:pk>/points", From.as_view(), name="contacts-points")]
