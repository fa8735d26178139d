"""Notes and tasks; both belong to a contact and go with them."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from desk.words import NoteKind, TaskKind
from kernel.changes import announce
from kernel.models import Editable, Stamped

LONGEST_NOTE, LONGEST_TITLE = 10_000, 200
# What is announced of a contact whose tasks change without an event.
READ = "tasks"


class Note(Stamped, Editable):
    """What a colleague wrote down about a contact."""

    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(
        _("kind"), max_length=10, choices=NoteKind.choices, default=NoteKind.GENERAL
    )
    text = models.TextField(_("text"), max_length=LONGEST_NOTE)
    # Stands above the others.
    pinned = models.BooleanField(_("pinned"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        db_table = "note"
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return self.text[:80]


class Task(Stamped, Editable):
    """Something to be done for a contact, perhaps by somebody, perhaps by some time."""

    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(
        _("kind"), max_length=10, choices=TaskKind.choices, default=TaskKind.TODO
    )
    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    text = models.TextField(_("details"), max_length=LONGEST_NOTE, blank=True, default="")
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    done_at = models.DateTimeField(_("done at"), null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("done by"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        db_table = "task"
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["assignee", "due_at"],
                name="task_open",
                condition=models.Q(done_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **more: Any) -> None:
        """Tell those who ask for open tasks."""
        super().save(*args, **more)
        announce([self.contact_id], [READ])

    def delete(self, *args: Any, **more: Any) -> tuple[int, dict[str, int]]:
        """Tell those who ask for open tasks."""
        announce([self.contact_id], [READ])
        return super().delete(*args, **more)
