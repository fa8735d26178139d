"""Campaigns by REST."""

from campaigns.api import behind, campaigns, drafts, parked, simulate

__all__ = ["behind", "campaigns", "drafts", "parked", "simulate"]
