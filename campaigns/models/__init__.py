"""The tables of campaigns, one file a subject."""

from campaigns.models.campaign import (
    Campaign,
    CampaignNode,
    CampaignVersion,
    OnEnd,
    OnLeave,
    Reentry,
)
from campaigns.models.counts import NodeCount, NodeDay, NodeDelta, NodeVersion
from campaigns.models.heldout import HeldOut
from campaigns.models.sourceclock import SourceClock, SourceDue
from campaigns.models.visit import LeftFor, Outcome, Source, Step, StepLog, StepState, Visit

__all__ = [
    "Campaign",
    "CampaignNode",
    "CampaignVersion",
    "HeldOut",
    "LeftFor",
    "NodeCount",
    "NodeDay",
    "NodeDelta",
    "NodeVersion",
    "OnEnd",
    "OnLeave",
    "Outcome",
    "Reentry",
    "Source",
    "SourceClock",
    "SourceDue",
    "Step",
    "StepLog",
    "StepState",
    "Visit",
]
