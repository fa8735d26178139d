"""Companies on screen: list, page with its people, form from their own fields."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice.attachments import tab
from backoffice.bulk_screens import deleting
from backoffice.columns import Column, number
from backoffice.menu import Place
from backoffice.narrowing import mine
from backoffice.resource import Resource, resource_of
from backoffice.routes import register
from contacts.backoffice import exporting
from contacts.backoffice.cells import label_of
from contacts.backoffice.inputs import ValueField, shown
from contacts.models import Company, Contact
from contacts.services import company_records as records
from contacts.services.exports.reading import named
from contacts.values.showing import display
from kernel.permissions import Reach, whose
from kernel.registry import ConfigProblem

PEOPLE = "SELECT count(*) FROM contact WHERE contact.company_id = company.id"
MOST_PEOPLE = 100


class CompanyForm(forms.Form):
    """Name, owner, and the companies' own fields."""

    def __init__(self, user: Any, current: dict[str, Any] | None, data: Any) -> None:
        specs = records.specs()
        found = current or {}
        owner = found.get("owner")
        mine_only = user.reach("companies", "edit") is not Reach.ALL
        initial = {alias: shown(spec, found.get(alias)) for alias, spec in specs.items()}
        initial |= {"name": found.get("name", "")}
        initial["owner"] = str(owner["id"]) if owner else str(user.pk) if mine_only else ""
        super().__init__(data, initial=initial)
        self.number = int(found["id"]) if found else None
        self.fields["name"] = forms.CharField(label=_("Name"), max_length=500)
        for alias, spec in specs.items():
            self.fields[alias] = ValueField(spec)
        people = get_user_model().objects.filter(is_active=True)
        everybody = sorted(((str(p.pk), str(p)) for p in people), key=lambda pair: pair[1])
        self.fields["owner"] = forms.ChoiceField(
            label=_("Owner"),
            required=False,
            choices=[(str(user.pk), str(user))] if mine_only else [("", _("nobody")), *everybody],
        )

    def clean_owner(self) -> int | None:
        """Read the owner's number."""
        text = self.cleaned_data["owner"]
        return int(text) if text else None


def behind(row: Any) -> str:
    """Return the list of the people of a company."""
    return f"{reverse('contacts')}?company={row.pk}"


def _people(row: Any) -> Any:
    return format_html('<a href="{}">{}</a>', behind(row), number(row.people))


class Companies(Resource[Company]):
    """Organisations that people belong to."""

    key = kind = "companies"
    model = Company
    form = CompanyForm  # type: ignore[assignment]
    icon = "building"
    label, plural, new_label = _lazy("Company"), _lazy("Companies"), _lazy("New company")
    purpose = _lazy("A company is what several people have in common. Imports make them by name.")
    owner = "owner"
    columns = (
        Column("people", _lazy("People"), _people, end=True, narrow=True),
        Column("owner", _lazy("Owner"), lambda row: row.owner and str(row.owner)),
        Column("created_at", _lazy("Created"), sort="created_at", width="when", shown=False),
        Column("updated_at", _lazy("Changed"), sort="updated_at", width="when"),
    )
    sorts = ("name",)
    filters = (mine(),)

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Company]:
        """Count the people of each that a user may see, by the index on the company."""
        mine = whose(user, "contacts")
        counted = PEOPLE if mine is None else f"{PEOPLE} AND contact.owner_id = %s"
        people = RawSQL(counted, [] if mine is None else [mine])  # noqa: S611 - ours
        return super().rows(user, verb).annotate(people=people)

    def listed(self, rows: QuerySet[Company]) -> QuerySet[Company]:
        """Name the owners."""
        return rows.select_related("owner")

    def found(self, rows: QuerySet[Company], text: str) -> QuerySet[Company]:
        """Look in the names."""
        return named(rows, text)

    def details(self, row: Company) -> Sequence[tuple[Any, Any]]:
        """Tell its own fields."""
        told = super().details(row)
        flat, zone = records.flat([row.pk])[0], timezone.get_current_timezone_name()
        language = get_language() or "en"
        more = [
            (label_of(spec), display(spec, flat[alias], language, zone) or "\N{EN DASH}")
            for alias, spec in records.specs().items()
        ]
        return [*told, *more]

    def form_for(self, request: HttpRequest, row: Company | None, data: Any = None) -> Any:
        """Make the form from the companies' fields."""
        return CompanyForm(request.user, records.flat([row.pk])[0] if row else None, data)

    def save(self, form: Any, user: Any, now: datetime) -> Company:
        """Write by the service; a name there is already is refused."""
        try:
            if form.number is None:
                company = records.create(form.cleaned_data, now)
            else:
                company = form.number
                records.change(company, form.cleaned_data, now)
        except records.Taken as taken:
            message = _("There is a company of this name.")
            problem = {"field": "name", "code": "taken", "message": message}
            raise ConfigProblem([problem]) from taken
        return Company.objects.get(pk=company)

    def told(self, row: Company) -> dict[str, Any]:
        """Tell name, owner and fields."""
        flat = records.flat([row.pk])[0]
        return {key: value for key, value in flat.items() if key not in records.FIXED}

    def delete(self, row: Company, now: datetime) -> None:
        """Its people stay, without a company."""
        records.delete(row.pk)


Companies.bulk = (
    exporting.action(Companies, "contacts.companies", ("id", "name")),
    deleting(Companies),
)
here = Place(_lazy("Companies"), "companies", "building", 210, "companies", under="contacts")
urlpatterns = register(Companies, here, order=210)


@tab(
    "companies",
    "people",
    _lazy("People"),
    "contacts/of_company.html",
    order=10,
    kind="contacts",
)
def people_tab(request: HttpRequest, row: Company) -> dict[str, Any]:
    """Show the people of a company, those a user may see."""
    contacts = resource_of("contacts")
    rows: QuerySet[Contact] = contacts.rows(request.user).filter(company_id=row.pk)
    found = list(contacts.listed(rows).order_by("name", "pk")[:MOST_PEOPLE])
    contacts.attach(found)
    return {
        "people": [(contacts.name(each), contacts.under(each), each.pk) for each in found],
        "all": behind(row),
        "more": rows.count() > MOST_PEOPLE,
    }
