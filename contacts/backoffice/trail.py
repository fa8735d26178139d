"""What the audit trail tells of people and companies, in the words of their fields."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from backoffice import deeds
from backoffice.bulk import in_words
from contacts.backoffice.doing import UNDO, named
from contacts.catalogue import catalogue, hidden
from contacts.company_catalogue import companies
from contacts.services import bulk_erasing
from kernel.actions import contact_actions


def _fields() -> Mapping[str, Any]:
    return {alias: spec.name for alias, spec in catalogue().fields.items()}


def _company_fields() -> Mapping[str, Any]:
    return {alias: spec.name for alias, spec in companies().fields.items()}


deeds.names("contacts", _fields)
deeds.names("companies", _company_fields)


@deeds.retells("contacts", "bulk")
def _bulk(after: Mapping[str, Any], told: Mapping[str, Any]) -> str | None:
    """Say what was done to many in the reader's language."""
    # Entries of earlier versions have the number in their author's words.
    count = told["count"] if isinstance(told["count"], str) else in_words(told["count"])
    if after.get("key") == bulk_erasing.KIND:
        return _("%(what)s: %(count)s") % {"what": _("Delete contacts"), "count": count}
    kind = contact_actions.get(str(told.get("undone") or after.get("key")))
    if kind is None:
        return None
    return named(kind(told["config"]), count, undone="undone" in told)


@deeds.writes("contacts", "changed")
def _changed(aliases: Any) -> str:
    """Name the fields that were changed; their values are nobody's business here."""
    labels, secret = _fields(), hidden()
    told = (
        _("a sensitive field") if alias in secret else str(labels.get(alias, alias))
        for alias in aliases
    )
    return ", ".join(dict.fromkeys(told))


@deeds.writes("contacts", "key")
@deeds.writes("actions", "key")
def _action(key: Any) -> str:
    """Name what was done to many."""
    if key == UNDO:
        return _("taken back")
    kind = contact_actions.get(str(key))
    return str(kind.label) if kind else str(key)
