"""What connections to other systems offer to the product."""

from integrations.plugins import actions, connections, data, processing, queues, rest

__all__ = ["actions", "connections", "data", "processing", "queues", "rest"]
