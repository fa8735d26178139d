"""REST of contacts."""

from contacts.api import imports

__all__ = ["imports"]
