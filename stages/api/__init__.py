"""Stages by REST."""

from stages.api import funnel, stages

__all__ = ["funnel", "stages"]
