"""Campaigns by REST."""

from campaigns.api import (
    behind,
    campaigns,
    drafts,
    files,
    goals,
    inside,
    parked,
    simulate,
    versions,
)

__all__ = [
    "behind",
    "campaigns",
    "drafts",
    "files",
    "goals",
    "inside",
    "parked",
    "simulate",
    "versions",
]
