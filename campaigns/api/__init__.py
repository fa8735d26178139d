"""Campaigns by REST."""

from campaigns.api import behind, campaigns, drafts, files, goals, parked, simulate

__all__ = ["behind", "campaigns", "drafts", "files", "goals", "parked", "simulate"]
