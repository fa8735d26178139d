"""REST of the desk."""

from desk.api import notes, tasks

__all__ = ["notes", "tasks"]
