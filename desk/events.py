"""What can happen on the desk."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.words import TaskKind
from kernel.events import EventType, event_types


class TaskEvent(EventType):
    """Something happened to a task of a contact."""

    conditions = {"kind": "kind"}
    choices = {"kind": "task_kind"}


@event_types.register
class Created(TaskEvent):
    """There is something to do for a contact."""

    key = "tasks.created"
    label = gettext_lazy("Task created")
    icon = "checkbox"

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Say what there is to do."""
        return _("Task: %(title)s") % {"title": _titled(data)}


@event_types.register
class Done(TaskEvent):
    """What there was to do was done."""

    key = "tasks.done"
    label = gettext_lazy("Task done")
    icon = "circle-check"

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Say what was done."""
        return _("Task done: %(title)s") % {"title": _titled(data)}


def _titled(data: Mapping[str, Any]) -> str:
    """Return the title; of an erased person only the kind is left."""
    return str(data.get("title") or dict(TaskKind.choices).get(str(data.get("kind")), ""))
