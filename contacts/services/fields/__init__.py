"""Custom fields: made, changed, deleted, and fitted out with indexes and statistics.

    create(values, now)   change(field, values, now)   delete(field, now)

Values come as the API takes them; what cannot be taken raises `ConfigProblem` with every place.
"""

from contacts.services.fields.store import change, create, delete, refuse_hidden

__all__ = ["change", "create", "delete", "refuse_hidden"]
