"""The form of a contact, made from the definitions of its fields, and how it is stored."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from contacts.backoffice import cells, owners
from contacts.backoffice.cells import Flat
from contacts.backoffice.inputs import ValueField, shown
from contacts.backoffice.names import Names
from contacts.catalogue import Catalogue
from contacts.models import Contact, Identifier
from contacts.services import tags
from contacts.services.identity import identity
from contacts.services.plan import Terms
from contacts.services.reading import flat
from contacts.services.upsert import write
from contacts.values import checked
from kernel.permissions import Reach
from kernel.registry import ConfigProblem, Problem

# Headings of the core fields; custom ones have groups of their own.
ADDRESS = ("address", "postcode", "city", "region", "country")
SOCIAL = ("website", "linkedin", "facebook", "x", "instagram", "attribution", "preferred_channel")
# Not written with the values.
TAGS = ("tags", "tags_shown")
BESIDE = ("owner", "tags_shown")
NAME = ("email", "title", "first_name", "last_name", "mobile", "phone", "position", "company")


class ContactForm(forms.Form):
    """All writable fields; `changed_values` are those that differ from what was shown."""

    def __init__(
        self,
        fields: Catalogue,
        user: Any,
        current: Flat | None,
        data: Any,
        only: str | None = None,
    ) -> None:
        self.catalogue, self.current, self.user = fields, current, user
        specs = [spec for spec in fields.fields.values() if spec.writable]
        initial = {spec.alias: shown(spec, (current or {}).get(spec.alias)) for spec in specs}
        if current is None:
            initial |= {spec.alias: shown(spec, spec.default) for spec in specs if spec.default}
        initial["owner"] = _owner_of(current, user)
        initial["tags"] = ", ".join(current["tags"]) if current else ""
        super().__init__(data, initial=initial)
        for spec in specs:
            self.fields[spec.alias] = ValueField(spec)
            self._keep_unknown(spec.alias, initial[spec.alias])
        offered = owners.offered(user, "contacts", current["owner"] if current else None)
        self.fields["owner"] = forms.ChoiceField(label=_("Owner"), choices=offered, required=False)
        self.fields["tags"] = forms.CharField(
            label=_("Tags"),
            required=False,
            widget=Names,
            help_text=_("Separated by commas; new ones are made."),
            max_length=5_000,
        )
        # What was shown: who puts other tags on meanwhile loses none of them.
        self.fields["tags_shown"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.initial["tags_shown"] = initial["tags"]
        if only is not None:
            # One field, edited where it stands on the page.
            self.fields = {only: self.fields[only]}

    def _keep_unknown(self, alias: str, value: Any) -> None:
        """Offer the value in force, though a list has none like it: nothing changes by looking."""
        box: Any = self.fields[alias].widget
        if isinstance(box, forms.Select) and isinstance(value, str) and value:
            known = {str(key) for key, _label in box.choices}
            if value not in known:
                box.choices = [*box.choices, (value, value)]

    @property
    def groups(self) -> Iterator[tuple[str, list[Any]]]:
        """Return the fields under their headings."""
        core = set(self.catalogue.fields) - {spec.alias for spec in self.catalogue.custom}
        parts = [(_("Person"), NAME), (_("Address"), ADDRESS)]
        used = {*NAME, *ADDRESS, *SOCIAL}
        rest = [name for name in self.fields if name in core and name not in used]
        parts.append((_("Language and time"), tuple(rest)))
        for group in dict.fromkeys(spec.group for spec in self.catalogue.custom):
            inside = [spec.alias for spec in self.catalogue.custom if spec.group == group]
            parts.append((group or _("More"), tuple(inside)))
        parts.append((_("On the web"), SOCIAL))
        parts.append((_("Filed under"), ("owner", *TAGS)))
        for label, names in parts:
            if names:
                yield label, [self[name] for name in names if name in self.fields]

    def clean_owner(self) -> int | None:
        """Read the owner's number; who reaches only their own gives none away."""
        return owners.chosen(self.user, "contacts", self.cleaned_data["owner"])

    def clean_tags(self) -> list[str]:
        """Read names between commas."""
        parts = [part for part in self.cleaned_data["tags"].split(",") if part.strip()]
        return list(dict.fromkeys(checked(tags.clean_name, part) for part in parts))

    def clean(self) -> dict[str, Any]:
        """Refuse a contact of nothing."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        told = [name for name in values if name not in BESIDE and values[name]]
        if self.current is None and not told and not self.errors:
            raise ValidationError(_("A contact needs at least one value."), "required")
        return values

    @property
    def changed_values(self) -> dict[str, Any]:
        """Return what differs from what was shown, so that a form overwrites nothing else."""
        names = [name for name in self.changed_data if name not in TAGS]
        found = {name: self.cleaned_data[name] for name in names}
        if self.current is None:
            found = {
                name: value
                for name, value in self.cleaned_data.items()
                if name not in TAGS and (value is not None or name in found)
            }
        return found


def _owner_of(current: Flat | None, user: Any) -> str:
    if current is None:
        return str(user.pk) if user.reach("contacts", "view") is not Reach.ALL else ""
    return str(current["owner"]["id"]) if current["owner"] else ""


def store(form: ContactForm, rows: QuerySet[Contact], now: datetime) -> int:
    """Write what differs; `ConfigProblem` says what is refused, and who has a value already."""
    source = f"user:{form.user.pk}"
    values = form.changed_values
    if form.current is None:
        result = write([values], now, Terms(mode="create", source=source), form.catalogue)
    else:
        row = {"id": int(form.current["id"]), **values}
        terms = Terms(match="id", mode="update", source=source)
        result = write([row], now, terms, form.catalogue)
    if problems := result.rejected.get(0):
        raise ConfigProblem([_explained(problem, values, rows) for problem in problems])
    contact = int(result.ids[0] or 0)
    if "tags" in form.fields:
        _store_tags(contact, form.cleaned_data["tags"], form.cleaned_data["tags_shown"], now)
    return contact


def _store_tags(contact: int, wanted: list[str], shown_text: str, now: datetime) -> None:
    """Put on and take off what differs from what was shown, not from what is there by now."""
    before = [part.strip() for part in shown_text.split(",") if part.strip()]
    known, kept = ({name.lower() for name in names} for names in (before, wanted))
    add = [name for name in wanted if name.lower() not in known]
    tags.change_tags([contact], add, [name for name in before if name.lower() not in kept], now)


def _explained(problem: Problem, values: dict[str, Any], rows: QuerySet[Contact]) -> Problem:
    """Name the other contact that has a value, where the user may see it."""
    if problem["code"] != "taken":
        return problem
    alias = problem["field"]
    key = identity().key(alias, values[alias])
    other = Identifier.objects.filter(kind=alias, value=key).values_list("contact_id", flat=True)
    number = rows.filter(pk__in=other).values_list("pk", flat=True).first()
    if number is None:
        return problem
    message = format_html(
        '{} <a href="{}">{}</a>',
        problem["message"],
        reverse("contacts-item", args=[number]),
        cells.name_of(flat([number])[0]),
    )
    return {**problem, "message": message}
