"""Campaigns by REST."""

from campaigns.api import behind, campaigns, parked

__all__ = ["behind", "campaigns", "parked"]
