"""What contacts offer to others: settings, actions, filters, promises about their tables."""

from contacts import filters
from contacts.plugins import settings

__all__ = ["filters", "settings"]
