"""What the email channel offers to others."""

from emails import tasks
from emails.plugins import actions, data, filters, invariants, policies, queues, settings

__all__ = ["actions", "data", "filters", "invariants", "policies", "queues", "settings", "tasks"]
