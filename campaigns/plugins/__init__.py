"""What campaigns offer to the product, one file a contract."""

from campaigns.plugins import jobs, permissions, queues, subscriber

__all__ = ["jobs", "permissions", "queues", "subscriber"]
