"""What campaigns offer to the product, one file a contract."""

from campaigns.plugins import queues, subscriber

__all__ = ["queues", "subscriber"]
