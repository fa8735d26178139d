"""What points offer to the product, one file a subject."""

from points.plugins import (
    actions,
    choices,
    fading,
    groups,
    interests,
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
    "interests",
    "keeping",
    "people",
    "rank",
    "rules",
    "triggers",
]
