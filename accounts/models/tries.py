"""Counts of tries at signing in, and other small notes that must outlive the broker."""

from typing import ClassVar

from django.db import models


class Attempt(models.Model):
    """A short-lived note under a key."""

    key = models.CharField(primary_key=True, max_length=255)
    value = models.JSONField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "attempt"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["expires_at"], name="attempt_age")
        ]

    def __str__(self) -> str:
        return self.key
