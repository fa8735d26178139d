"""What the desk offers to others."""

from desk.plugins import actions, choices, data, filters, permissions, processing, told

__all__ = ["actions", "choices", "data", "filters", "permissions", "processing", "told"]
