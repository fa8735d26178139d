"""The people of a company on its page: who they are there, who else is, and who no longer is."""

from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _lazy

from backoffice import toasts
from backoffice.attachments import tab
from backoffice.resource import resource_of
from backoffice.screens import Screen, leave_trail
from contacts.backoffice import cells
from contacts.backoffice.companies import Companies, behind
from contacts.models import Company, Contact
from contacts.services import company_people
from contacts.services.finding import by_words
from contacts.services.reading import flat
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import Reach
from kernel.trail import Deed

MOST_PEOPLE, MOST_FOUND, LONGEST_ROLE = 100, 8, 120


@tab("companies", "people", _lazy("People"), "contacts/of_company.html", order=10, kind="contacts")
def people_tab(request: HttpRequest, row: Company) -> dict[str, Any]:
    """Show the people of a company, those a user may see."""
    contacts, user = resource_of("contacts"), cast("Any", request.user)
    seen: QuerySet[Contact] = company_people.people_of(row.pk, contacts.rows(user))
    rows: Any = company_people.with_roles(row.pk, contacts.listed(seen))
    found = list(rows.order_by("name", "pk")[: MOST_PEOPLE + 1])
    contacts.read(shown := found[:MOST_PEOPLE])
    mine = contacts.rows(user, "edit").filter(pk__in=[each.pk for each in shown])
    may = set(mine.values_list("pk", flat=True)) if _may_edit(user, row) else set()
    for each in shown:
        each.shown_name, each.shown_under = contacts.name(each), contacts.under(each)
        each.primary = each.company_id == row.pk
        each.changeable = each.pk in may
    return {
        "people": shown,
        "all": behind(row),
        "more": len(found) > MOST_PEOPLE,
        "address": reverse("companies-people", args=[row.pk]),
        "may_add": _may_edit(user, row) and user.reach("contacts", "edit") is not Reach.NONE,
    }


def _may_edit(user: Any, row: Company) -> bool:
    return Companies().rows(user, "edit").filter(pk=row.pk).exists()


class People(Screen):
    """Finding somebody to add, and changing how somebody belongs to the company."""

    verbs = {"post": "edit"}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Find people by name or address."""
        row, text = self.item(pk), request.GET.get("q", "").replace("\0", "").strip()
        found = list[dict[str, Any]]()
        if text:
            rows = by_words(resource_of("contacts").rows(self.user, "edit"), text)
            ids = rows.order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND]
            found = [self._person(one, row) for one in flat(ids)]
        context = {"found": found, "text": text, "address": request.path}
        return render(request, "contacts/peoplefound.html", context)

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add, change or take off."""
        row, act = self.item(pk, "edit"), request.POST.get("act", "")
        known = resource_of("contacts").rows(self.user, "edit")
        person = known.filter(pk=read_id(request.POST.get("contact")) or 0).first()
        if person is None or act not in _ACTS:
            raise Http404
        told = self._do(row, person.pk, act)
        after = {"contact": str(person.pk)}
        verb = "delete contacts" if act == "remove" else "set contacts"
        leave_trail(request, Deed("companies", verb, object=row.pk, after=after))
        toasts.tell(request, told)
        return HttpResponseRedirect(f"{self.resource.url('item', row.pk)}?tab=people")

    def _do(self, row: Company, contact: int, act: str) -> str:
        now = clock.now()
        if act == "remove":
            company_people.unlink(row.pk, contact, now)
        else:
            role = self.request.POST.get("role")
            words = None if role is None else " ".join(role.replace("\0", "").split())
            company_people.link(
                row.pk,
                contact,
                now,
                role=words if words is None else words[:LONGEST_ROLE],
                primary=act == "primary",
            )
        return str(_ACTS[act])

    def _person(self, one: dict[str, Any], row: Company) -> dict[str, Any]:
        belongs = any(each["id"] == str(row.pk) for each in one["companies"])
        name, company = cells.name_of(one), one["company"] or ""
        return {"id": one["id"], "name": name, "email": one["email"] or "", "company": company} | {
            "belongs": belongs
        }


_ACTS = {
    "add": _lazy("Added to the company"),
    "primary": _lazy("This is their primary company now"),
    "role": _lazy("Role saved"),
    "remove": _lazy("No longer in this company"),
}
given: dict[str, Any] = {"resource": resource_of("companies"), "kind": "companies"}
urlpatterns = [path("companies/<int:pk>/people", People.as_view(**given), name="companies-people")]
