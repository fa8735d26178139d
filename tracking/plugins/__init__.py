"""What tracking offers to others."""

from tracking import tasks
from tracking.plugins import activity, choices, data, log, processing, queues, settings

__all__ = ["activity", "choices", "data", "log", "processing", "queues", "settings", "tasks"]
