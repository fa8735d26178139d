"""What values of conditions on tasks are chosen from."""

from desk.words import TaskKind
from kernel.filters.choices import Choice, Question, among, offers


@offers("task_kind")
def _kinds(question: Question) -> list[Choice]:
    return among(TaskKind.choices, question)
