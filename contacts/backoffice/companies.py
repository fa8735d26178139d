"""Companies on screen: list, page with its people, form from their own fields."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice.bulk_screens import deleting
from backoffice.columns import Column, number
from backoffice.menu import Place
from backoffice.narrowing import mine
from backoffice.queries import ListQuery
from backoffice.resource import Resource, resource_of
from backoffice.routes import register
from contacts.backoffice import company_merging, exporting, owners
from contacts.backoffice.coming_in import COME_IN, import_url
from contacts.backoffice.facts import value_of
from contacts.backoffice.inputs import ValueField, shown
from contacts.models import Company
from contacts.services import company_records as records
from contacts.services.exports.reading import named
from contacts.services.imports.objects import COMPANY
from kernel.permissions import Reach, whose
from kernel.registry import ConfigProblem

# Those whose primary company it is, and those who belong to it as well.
PEOPLE = """(SELECT count(*) FROM contact c WHERE c.company_id = company.id{whose})
 + (SELECT count(*) FROM company_person l JOIN contact c ON c.id = l.contact_id
    WHERE l.company_id = company.id AND c.company_id IS DISTINCT FROM company.id{whose})"""


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
        self.user, self.number = user, int(found["id"]) if found else None
        self.fields["name"] = forms.CharField(label=_("Name"), max_length=500)
        for alias, spec in specs.items():
            self.fields[alias] = ValueField(spec)
        offered = owners.offered(user, "companies", owner)
        self.fields["owner"] = forms.ChoiceField(label=_("Owner"), required=False, choices=offered)

    def clean_owner(self) -> int | None:
        """Read the owner's number; who reaches only their own gives none away."""
        return owners.chosen(self.user, "companies", self.cleaned_data["owner"])


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
    item_template = "contacts/company.html"
    columns = (
        Column("people", _lazy("People"), _people, end=True, narrow=True),
        Column("score", _lazy("Score"), sort="score", end=True),
        Column("owner", _lazy("Owner"), lambda row: row.owner and str(row.owner)),
        Column("created_at", _lazy("Created"), sort="created_at", width="when", shown=False),
        Column("updated_at", _lazy("Changed"), sort="updated_at", width="when"),
    )
    sorts = ("name",)
    filters = (mine(), COME_IN)
    list_template = "contacts/companies.html"

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Company]:
        """Count the people of each that a user may see, by the index on the company."""
        mine = whose(user, "contacts")
        whose_own = "" if mine is None else f" AND c.owner_id = {mine:d}"
        people = RawSQL(PEOPLE.format(whose=whose_own), [])  # noqa: S611 - ours
        return super().rows(user, verb).annotate(people=people)

    def listed(self, rows: QuerySet[Company]) -> QuerySet[Company]:
        """Name the owners."""
        return rows.select_related("owner")

    def found(self, rows: QuerySet[Company], text: str) -> QuerySet[Company]:
        """Look in the names."""
        return named(rows, text)

    def details(self, row: Company) -> Sequence[tuple[Any, Any]]:
        """Tell its fields: the built-in ones that have a value, custom ones all."""
        told = super().details(row)
        flat = records.flat([row.pk])[0]
        more = [
            (spec.name, value_of(spec, flat))
            for alias, spec in records.specs().items()
            if spec.id is not None or flat[alias] is not None
        ]
        return [*more, *told]

    def around(self, request: HttpRequest, query: ListQuery) -> dict[str, Any]:
        """Say whether a file of companies may be imported."""
        return {"import_url": import_url(request.user, COMPANY)}

    def became(self, number: int) -> int | None:
        """Follow one that was merged."""
        return records.survivor(number)

    def beside(self, row: Company) -> Any:
        """Say where it is."""
        return str(row.attrs.get("city") or "")

    def form_for(self, request: HttpRequest, row: Company | None, data: Any = None) -> Any:
        """Make the form from the companies' fields."""
        return CompanyForm(request.user, records.flat([row.pk])[0] if row else None, data)

    def save(self, form: Any, user: Any, now: datetime) -> Company:
        """Write by the service; a name or a unique value there is already is refused."""
        try:
            if form.number is None:
                company = records.create(form.cleaned_data, now)
            else:
                company = form.number
                records.change(company, form.cleaned_data, now)
        except records.Taken as taken:
            raise ConfigProblem([taken.problem]) from taken
        return Company.objects.get(pk=company)

    def told(self, row: Company) -> dict[str, Any]:
        """Tell name, owner and fields."""
        flat = records.flat([row.pk])[0]
        return {key: value for key, value in flat.items() if key not in records.FIXED}

    def delete(self, row: Company, now: datetime) -> None:
        """Its people stay, without a company."""
        records.delete(row.pk)


Companies.bulk = (
    company_merging.ACTION,
    exporting.action(Companies, "contacts.companies", ("id", "name")),
    deleting(Companies),
)
here = Place(_lazy("Companies"), "companies", "building", 210, "companies", under="contacts")
urlpatterns = register(Companies, here, order=210)
given: dict[str, Any] = {"resource": resource_of("companies"), "kind": "companies"}
urlpatterns += [
    path("companies/merge", company_merging.Merging.as_view(**given), name="companies-merge")
]
