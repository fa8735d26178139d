"""The journey's graph: how it is checked when edited, and read when it runs."""

from campaigns.graph.check import check
from campaigns.graph.plan import Node, Plan

__all__ = ["Node", "Plan", "check"]
