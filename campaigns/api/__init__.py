"""Campaigns by REST."""

from campaigns.api import (
    behind,
    campaigns,
    deleting,
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
    "deleting",
    "drafts",
    "files",
    "goals",
    "inside",
    "parked",
    "simulate",
    "versions",
]
