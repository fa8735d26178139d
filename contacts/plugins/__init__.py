"""What contacts offer to others: settings, actions, filters, promises about their tables."""

from contacts import filters
from contacts.plugins import actions, fields, permissions, settings, subjects

__all__ = ["actions", "fields", "filters", "permissions", "settings", "subjects"]
