"""What contacts offer to others: settings, actions, filters, promises about their tables."""

from contacts import filters
from contacts.plugins import actions, permissions, settings, subjects

__all__ = ["actions", "filters", "permissions", "settings", "subjects"]
