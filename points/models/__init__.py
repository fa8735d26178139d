"""The tables of points, one file a subject."""

from points.models.ranks import RankDifference, RankRun
from points.models.rules import Award, PointRule, Tally
from points.models.scores import Idle, PointGroup, Score
from points.models.triggers import Firing, PointTrigger

__all__ = [
    "Award",
    "Firing",
    "Idle",
    "PointGroup",
    "PointRule",
    "PointTrigger",
    "RankDifference",
    "RankRun",
    "Score",
    "Tally",
]
