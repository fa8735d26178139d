"""What posts to other systems offer to the product."""

from webhooks.plugins import actions, data, processing, queues

__all__ = ["actions", "data", "processing", "queues"]
