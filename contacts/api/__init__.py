"""REST of contacts."""

from contacts.api import (
    actions,
    bulk,
    companies,
    consents,
    contacts,
    exports,
    fields,
    filters,
    import_drafts,
    imports,
    merges,
    shapes,
    suppressions,
    tags,
    topics,
    wishes,
)

__all__ = [
    "actions",
    "bulk",
    "companies",
    "consents",
    "contacts",
    "exports",
    "fields",
    "filters",
    "import_drafts",
    "imports",
    "merges",
    "shapes",
    "suppressions",
    "tags",
    "topics",
    "wishes",
]
