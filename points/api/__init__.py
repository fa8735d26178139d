"""Points by REST."""

from points.api import groups, rank, rules, triggers

__all__ = ["groups", "rank", "rules", "triggers"]
