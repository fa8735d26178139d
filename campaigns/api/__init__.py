"""Campaigns by REST."""

from campaigns.api import behind, campaigns, drafts, goals, parked, simulate

__all__ = ["behind", "campaigns", "drafts", "goals", "parked", "simulate"]
