"""What campaigns, triggers and the API can do to the companies of contacts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.company_catalogue import companies
from contacts.models import Company, Contact
from contacts.plugins.owner_words import named
from contacts.services import company_people, company_records
from contacts.services.company_upsert import write_many
from contacts.services.plan import Terms
from contacts.values import display
from kernel import masking, subjects
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.exchanging import Exchange, exchanged
from kernel.permissions import Actor, Reach
from kernel.registry import ConfigProblem
from kernel.settings_forms import picking

masking.values_elsewhere("companies.update")


class ValuesForm(forms.Form):
    """Values by field; `UpdateCompanies` checks them as the API does."""

    values = picking("company_values", forms.JSONField(label=_lazy("Values")))


@contact_actions.register
class UpdateCompanies(ContactAction):
    """Sets fields of the primary companies of contacts to fixed values."""

    key = "companies.update"
    label = _lazy("Change the company's fields")
    form = ValuesForm
    icon = "building-cog"
    reversible = True
    pointing: ClassVar[frozenset[str] | None] = frozenset({"field"})

    @classmethod
    def clean(cls, config: object) -> dict[str, Any]:
        """Check the values as the API does."""
        if not isinstance(config, dict) or not isinstance(config.get("values"), Mapping):
            raise ConfigProblem([_fault("values", "required", _("An object is expected."))])
        problems = [
            _fault(str(key), "unknown_field", _("This setting is not known."))
            for key in config
            if key != "values"
        ]
        values, refused = company_records.cleaned(config["values"])
        problems += [{**problem, "field": f"values.{problem['field']}"} for problem in refused]
        if config["values"].get("owner") == "":
            # Not chosen yet: nobody is null, and takes the owner from everybody.
            problems.append(_fault("values.owner", "required", _("Choose an owner, or nobody.")))
        if not values and not problems:
            problems = [_fault("values", "required", _("Name a field to change."))]
        if problems:
            raise ConfigProblem(problems)
        return {"values": dict(config["values"])}

    @classmethod
    def exchanged(cls, config: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        """Give companies to nobody who is not known by that name."""
        values = config.get("values")
        if not isinstance(values, Mapping) or values.get("owner") is None:
            return dict(config)
        rest = {name: value for name, value in values.items() if name != "owner"}
        given = values["owner"]
        number = given.get("id", given) if isinstance(given, Mapping) else given
        owner = exchanged("user", number, exchange)
        return {**config, "values": rest if owner is None else {**rest, "owner": owner}}

    def check_reach(self, user: Actor, verb: str) -> None:
        """Refuse it to whoever may not change just any company."""
        super().check_reach(user, verb)
        if user.reach("companies", "edit") is not Reach.ALL:
            words = _("Only whoever may edit all companies has their fields changed.")
            raise ConfigProblem([_fault("", "not_allowed", words)])

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Write the values where they differ, each company once."""
        values, refused = company_records.cleaned(self.config["values"])
        if refused:
            # A field that was deleted meanwhile, or an option that is gone.
            return Outcomes(skipped=dict.fromkeys(batch.contacts, refused[0]["message"]))
        rows = Contact.objects.filter(pk__in=batch.contacts, company__isnull=False)
        homes = dict(rows.values_list("pk", "company_id"))
        wanted = sorted({company for company in homes.values() if company})
        terms = Terms(match="id", mode="update", depth=batch.depth, bulk=batch.bulk)
        result = write_many([{"id": company, **values} for company in wanted], now, terms)
        why = {wanted[place]: said[0]["message"] for place, said in result.rejected.items()}
        same = {
            company
            for company, outcome in zip(wanted, result.outcomes, strict=True)
            if outcome == "unchanged"
        }
        alone = dict.fromkeys(set(batch.contacts) - homes.keys(), _("Belongs to no company"))
        return Outcomes(
            skipped=alone | {one: why[home] for one, home in homes.items() if home in why},
            same={one for one, home in homes.items() if home in same},
        )

    def describe(self) -> str:
        """List the fields and values."""
        fields, told = companies(), self.config.get("values", {})
        kept, _refused = company_records.cleaned(told)
        zone, language = timezone.get_current_timezone_name(), get_language() or "en"
        parts = []
        for alias, value in told.items():
            if alias == "owner":
                parts.append(_("Owner: %(name)s") % {"name": named(value)})
                continue
            spec = fields.get(alias)
            words = value
            if spec is not None and alias in kept:
                words = display(spec, kept[alias], language, zone) or _("nothing")
            parts.append(f"{_called(alias)} = {words}")
        return _("Company: %(values)s") % {"values": ", ".join(parts)}

    def told_to(self, user: Actor) -> str:
        """Name the fields; their values are not told in any history."""
        names = ", ".join(_called(alias) for alias in self.config.get("values", {}))
        return _("%(action)s: %(fields)s") % {"action": self.label, "fields": names}

    def uses(self) -> list[tuple[str, int]]:
        """Name the custom fields it writes."""
        fields = companies()
        specs = [fields.get(alias) for alias in self.config.get("values", {})]
        return [("field", spec.id) for spec in specs if spec is not None and spec.id is not None]


class BelongForm(forms.Form):
    """Which company, and whether it comes before the one they have."""

    company = picking(
        "company",
        forms.ModelChoiceField(
            Company.objects.order_by("name"), label=_lazy("Company"), empty_label=_lazy("Choose…")
        ),
    )
    primary = forms.BooleanField(
        label=_lazy("Make it the primary company"),
        required=False,
        help_text=_lazy("Otherwise only of those who have none; others belong to both."),
    )

    def clean_company(self) -> int:
        """Keep the number: settings are JSON."""
        company: Company = self.cleaned_data["company"]
        return company.pk


@contact_actions.register
class AddToCompany(ContactAction):
    """Lets contacts belong to a company."""

    key = "companies.add"
    label = _lazy("Add to a company")
    form = BelongForm
    icon = "building-plus"
    reversible = True
    needs: ClassVar[str] = "edit"
    pointing: ClassVar[frozenset[str] | None] = frozenset({"company"})

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Add the whole batch in few statements; a company that was merged is followed."""
        named: int = self.config["company"]
        company = company_records.survivor(named) or named
        terms = Terms(match="id", mode="update", depth=batch.depth, bulk=batch.bulk)
        primary = bool(self.config.get("primary"))
        try:
            fresh = company_people.link_many(company, batch.contacts, terms, now, primary=primary)
        except company_people.Gone:
            words = _("The company is not there any more.")
            return Outcomes(skipped=dict.fromkeys(batch.contacts, words))
        return Outcomes(same=set(batch.contacts) - fresh)

    def describe(self) -> str:
        """Name the company."""
        number = self.config["company"]
        name = subjects.names("company", [number]).get(number, f"#{number}")
        words = (
            _("Add to “%(name)s”, as the primary company")
            if self.config.get("primary")
            else _("Add to “%(name)s”")
        )
        return words % {"name": name}

    def uses(self) -> list[tuple[str, int]]:
        """Name the company."""
        return [("company", self.config["company"])]


def _called(alias: str) -> str:
    return _("Owner") if alias == "owner" else companies().called(alias)


def _fault(field: str, code: str, message: str) -> dict[str, str]:
    return {"field": field, "code": code, "message": message}
