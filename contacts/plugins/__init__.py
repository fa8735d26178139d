"""What contacts offer to others: settings, actions, filters, promises about their tables."""

from contacts.plugins import settings

__all__ = ["settings"]
