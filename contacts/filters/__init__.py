"""Conditions on what a contact is: fields, tags, owner, stage, imports. Registered by plugins."""

from contacts.filters.fields import FieldFilter
from contacts.filters.imports import ImportedBy
from kernel.filters import joins

joins.offer("s", "JOIN contact_state s ON s.contact_id = c.id")
joins.offer("co", "LEFT JOIN company co ON co.id = c.company_id")

__all__ = ["FieldFilter", "ImportedBy"]
