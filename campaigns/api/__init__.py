"""Campaigns by REST."""

from campaigns.api import behind, campaigns

__all__ = ["behind", "campaigns"]
