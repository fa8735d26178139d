"""Aliases: the names by which programs know fields, given or made from the label."""

import re
import unicodedata

from django.utils.translation import gettext as _

from contacts import once_sensitive
from contacts.catalogue import RESERVED
from contacts.company_catalogue import CORE
from contacts.models import Field
from contacts.values import ValueProblem

LONGEST = 63
_ALIAS = re.compile(r"[a-z][a-z0-9_]{0,62}")
# What a company has beside its custom fields.
RESERVED_OF_COMPANIES = frozenset(spec.alias for spec in CORE) | frozenset(
    {"id", "name", "name_key", "attrs", "owner", "version", "created_at", "updated_at"}
    | {"contacts", "people", "score", "tags", "merged_from", "category", "labels"}
)


def reserved(kind: str) -> frozenset[str]:
    """Return the words no field of this kind of object may be called."""
    return RESERVED if kind == Field.Object.CONTACT else RESERVED | RESERVED_OF_COMPANIES


def check_alias(alias: object, kind: str) -> str:
    """Check an alias somebody chose."""
    if isinstance(alias, str) and len(alias) > LONGEST:
        message = _("At most %(limit)s characters are possible.")
        raise ValueProblem("too_long", message % {"limit": LONGEST})
    if not isinstance(alias, str) or not _ALIAS.fullmatch(alias) or "__" in alias:
        raise ValueProblem(
            "invalid_alias",
            _("An alias begins with a letter and has small letters, digits and single _."),
        )
    if alias in reserved(kind):
        message = _("“%(alias)s” has another meaning here: choose another word.")
        raise ValueProblem("reserved", message % {"alias": alias})
    if alias in _taken(kind):
        raise ValueProblem("taken", _("Another field has this alias."))
    return alias


def alias_from(label: str, kind: str) -> str:
    """Make an alias from a label: free, never a reserved word, nor that of a deleted secret.

    What was asked about a deleted sensitive field would be told again under an open one's name.
    """
    bare = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", bare).strip("_")[: LONGEST - 5].strip("_")
    if not stem or not stem[0].isalpha():
        stem = f"field_{stem}".strip("_")
    refused = reserved(kind) | _taken(kind) | once(kind)
    if stem not in refused:
        return stem
    return next(name for n in range(2, 10_000) if (name := f"{stem}_{n}") not in refused)


def once(kind: str) -> frozenset[str]:
    """Return the aliases of deleted sensitive fields, which no label leads to."""
    return once_sensitive.aliases() if kind == Field.Object.CONTACT else frozenset()


def _taken(kind: str) -> set[str]:
    return set(Field.objects.filter(object=kind).values_list("alias", flat=True))
