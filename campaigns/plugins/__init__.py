"""What campaigns offer to the product, one file a contract."""

from campaigns.plugins import jobs, queues, subscriber

__all__ = ["jobs", "queues", "subscriber"]
