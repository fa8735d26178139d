"""Thousands of values as one parameter: the server reads an array's text faster than a list.

A list becomes an expression of its own for every item, parsed and planned with each statement.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime


def numbers(values: Sequence[int | None]) -> str:
    """Write whole numbers; where all are missing nothing, since `unnest` fills up with null."""
    if None not in values:
        return "{" + ",".join(map(str, values)) + "}"
    if all(value is None for value in values):
        return "{}"
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def texts(values: Sequence[str | None]) -> list[str | None]:
    """Hand over texts, which need quoting; where all are missing nothing."""
    return list(values) if any(value is not None for value in values) else []


def instants(values: Sequence[datetime | None]) -> list[datetime | None]:
    """Hand over instants; where all are missing nothing."""
    return list(values) if any(value is not None for value in values) else []


def places(values: Iterable[str]) -> str:
    """Write the places of rows (`ctid`)."""
    return '{"' + '","'.join(values) + '"}'
