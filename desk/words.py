"""The kinds of notes and tasks."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class NoteKind(TextChoices):
    """What a note is about."""

    GENERAL = "general", _("Note")
    CALL = "call", _("Call")
    EMAIL = "email", _("Email")
    MEETING = "meeting", _("Meeting")


class TaskKind(TextChoices):
    """What there is to do."""

    TODO = "todo", _("To do")
    CALL = "call", _("Call")
    EMAIL = "email", _("Email")
    MEETING = "meeting", _("Meeting")


ICONS = {
    "general": "note",
    "todo": "checkbox",
    "call": "phone",
    "email": "mail",
    "meeting": "users",
}
