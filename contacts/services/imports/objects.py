"""What the rows of a file are: contacts, or companies."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from contacts.catalogue import Catalogue, catalogue
from contacts.company_catalogue import companies
from contacts.models import Company, Contact, Import, ImportCompany, ImportContact
from contacts.services import company_keys

CONTACT, COMPANY = "contact", "company"
OBJECTS = (CONTACT, COMPANY)
# By what a row finds its company, beside unique fields.
MATCHES = ("name", "id")
# Settings that say something of people.
OF_PEOPLE = ("tags", "segment", "opt_in", "bounce")


@dataclass(frozen=True)
class Kind:
    """What is made, who may make it, and where it is kept which import met it."""

    key: str
    rights: str
    model: type[Model]
    met: type[Model]
    # The column of `met` that names it.
    column: str
    fields: Callable[[], Catalogue]


KINDS = {
    CONTACT: Kind(CONTACT, "contacts", Contact, ImportContact, "contact_id", catalogue),
    COMPANY: Kind(COMPANY, "companies", Company, ImportCompany, "company_id", companies),
}


def kind_of(options: object) -> Kind:
    """Return what settings are about; of settings that are none, contacts."""
    asked: Any = options.get("object") if isinstance(options, Mapping) else None
    return KINDS[asked if asked in OBJECTS else CONTACT]


def of(imported: Import) -> Kind:
    """Return what the rows of an import are."""
    return kind_of(imported.options)


def misfits(settings: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return place, code and message of what does not go together for companies."""
    if settings.get("object") != COMPANY:
        return []
    message = _("Companies have nothing of this kind.")
    found = [(key, "not_for_companies", message) for key in OF_PEOPLE if settings.get(key)]
    if settings.get("match", "name") not in {*MATCHES, *company_keys.unique()}:
        message = _("Companies are found by their name, a unique field of theirs, or their id.")
        found.append(("match", "not_unique", message))
    return found


def mine(kind: Kind, user_id: int | None) -> Callable[[Iterable[int]], set[int]]:
    """Keep what belongs to the user; one who was deleted has nothing, not what nobody owns."""

    def allowed(numbers: Iterable[int]) -> set[int]:
        if user_id is None:
            return set()
        rows = kind.model._default_manager.filter(pk__in=list(numbers), owner=user_id)
        return set(rows.values_list("pk", flat=True))

    return allowed
