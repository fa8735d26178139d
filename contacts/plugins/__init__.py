"""What contacts offer to others: settings, actions, filters, promises about their tables."""

from contacts import filters
from contacts.plugins import (
    actions,
    choices,
    data,
    exports,
    fields,
    imports,
    invariants,
    merging,
    owners,
    permissions,
    settings,
    sources,
    subjects,
)

__all__ = [
    "actions",
    "choices",
    "data",
    "exports",
    "fields",
    "filters",
    "imports",
    "invariants",
    "merging",
    "owners",
    "permissions",
    "settings",
    "sources",
    "subjects",
]
