"""REST of tracking: what clients report, and the log of events."""

from tracking.api import log, reports

__all__ = ["log", "reports"]
