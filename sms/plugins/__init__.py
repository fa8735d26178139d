"""What the SMS channel offers to others."""

from sms import tasks
from sms.plugins import actions, choices, data, invariants, processing, queues, settings, untold

__all__ = [
    "actions",
    "choices",
    "data",
    "invariants",
    "processing",
    "queues",
    "settings",
    "tasks",
    "untold",
]
