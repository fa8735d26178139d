"""What contacts offer to others: settings, actions, filters, promises about their tables."""

from contacts import filters
from contacts.plugins import actions, fields, imports, permissions, settings, subjects

__all__ = ["actions", "fields", "filters", "imports", "permissions", "settings", "subjects"]
