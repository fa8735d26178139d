"""REST of contacts."""

from contacts.api import (
    actions,
    bulk,
    companies,
    consents,
    contacts,
    fields,
    imports,
    shapes,
    tags,
)

__all__ = [
    "actions",
    "bulk",
    "companies",
    "consents",
    "contacts",
    "fields",
    "imports",
    "shapes",
    "tags",
]
