"""Tables of tracking: visitors with what they did, and verdicts beside events."""

from tracking.models.verdict import EventVerdict
from tracking.models.visitor import Claim, Visitor, VisitorEvent

__all__ = ["Claim", "EventVerdict", "Visitor", "VisitorEvent"]
