"""What campaigns offer to the product, one file a contract."""

from campaigns.plugins import (
    actions,
    filters,
    invariants,
    jobs,
    people,
    permissions,
    queues,
    subscriber,
)

__all__ = [
    "actions",
    "filters",
    "invariants",
    "jobs",
    "people",
    "permissions",
    "queues",
    "subscriber",
]
