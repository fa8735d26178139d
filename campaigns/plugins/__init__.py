"""What campaigns offer to the product, one file a contract."""

from campaigns.plugins import (
    actions,
    choices,
    filters,
    invariants,
    jobs,
    people,
    permissions,
    processing,
    queues,
    settings,
    subscriber,
)

__all__ = [
    "actions",
    "choices",
    "filters",
    "invariants",
    "jobs",
    "people",
    "permissions",
    "processing",
    "queues",
    "settings",
    "subscriber",
]
