"""What contacts offer to others: settings, actions, filters, promises about their tables."""

from contacts import filters
from contacts.plugins import (
    actions,
    data,
    fields,
    imports,
    invariants,
    owners,
    permissions,
    settings,
    sources,
    subjects,
)

__all__ = [
    "actions",
    "data",
    "fields",
    "filters",
    "imports",
    "invariants",
    "owners",
    "permissions",
    "settings",
    "sources",
    "subjects",
]
