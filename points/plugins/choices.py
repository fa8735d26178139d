"""What values of conditions on points are chosen from: why points went up or down."""

from kernel.filters.choices import Choice, Question, among, offers
from points.events import REASONS


@offers("point_reason")
def _reasons(question: Question) -> list[Choice]:
    return among(REASONS.items(), question)
