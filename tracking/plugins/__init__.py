"""What tracking offers to others."""

from tracking import tasks
from tracking.plugins import activity, data, log, queues, settings

__all__ = ["activity", "data", "log", "queues", "settings", "tasks"]
