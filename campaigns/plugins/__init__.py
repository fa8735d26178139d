"""What campaigns offer to the product, one file a contract."""

from campaigns.plugins import filters, invariants, jobs, people, permissions, queues, subscriber

__all__ = ["filters", "invariants", "jobs", "people", "permissions", "queues", "subscriber"]
