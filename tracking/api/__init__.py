"""REST of tracking: what clients report, and the log of events."""

from tracking.api import identities, log, reports

__all__ = ["identities", "log", "reports"]
