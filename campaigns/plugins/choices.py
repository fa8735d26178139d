"""What values of conditions on campaigns are chosen from: why people left."""

from campaigns.models import LeftFor
from kernel.filters.choices import Choice, Question, among, offers

# Of whoever was merged or forgotten, no event is left to ask about.
GONE = frozenset({LeftFor.MERGED, LeftFor.ERASED})


@offers("leaving_reason")
def _reasons(question: Question) -> list[Choice]:
    told = ((reason.name.lower(), reason.label) for reason in LeftFor if reason not in GONE)
    return among(told, question)
