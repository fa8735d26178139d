"""What the email channel offers to others."""

from emails import tasks
from emails.plugins import (
    actions,
    choices,
    colleagues,
    confirmations,
    data,
    filters,
    images,
    invariants,
    policies,
    processing,
    queues,
    returned,
    settings,
    untold,
)

__all__ = [
    "actions",
    "choices",
    "colleagues",
    "confirmations",
    "data",
    "filters",
    "images",
    "invariants",
    "policies",
    "processing",
    "queues",
    "returned",
    "settings",
    "tasks",
    "untold",
]
