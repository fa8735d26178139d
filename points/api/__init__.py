"""Points by REST."""

from points.api import groups, interests, rank, rules, triggers

__all__ = ["groups", "interests", "rank", "rules", "triggers"]
