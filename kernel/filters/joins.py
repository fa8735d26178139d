"""Rows that stand beside the contact's in a filter: their alias, and how they are joined."""

from collections.abc import Iterable

from django.core.exceptions import ImproperlyConfigured

_joins: dict[str, str] = {}


def offer(alias: str, sql: str) -> None:
    """Declare a row of at most one a contact, joined to `contact c`; called from `plugins.py`."""
    if _joins.get(alias, sql) != sql:
        raise ImproperlyConfigured(f"The alias {alias} is joined in two ways.")
    _joins[alias] = sql


def written(aliases: Iterable[str]) -> str:
    """Return the joins that these aliases need, to be written after `contact c`."""
    wanted = set(aliases) - {"c"}
    return " ".join(sql for alias, sql in _joins.items() if alias in wanted)
