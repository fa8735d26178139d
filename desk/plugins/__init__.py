"""What the desk offers to others."""

from desk.plugins import actions, choices, data, permissions, told

__all__ = ["actions", "choices", "data", "permissions", "told"]
