"""What points offer to the product, one file a subject."""

from points.plugins import (
    actions,
    choices,
    fading,
    groups,
    keeping,
    people,
    rank,
    rules,
    triggers,
)

__all__ = [
    "actions",
    "choices",
    "fading",
    "groups",
    "keeping",
    "people",
    "rank",
    "rules",
    "triggers",
]
