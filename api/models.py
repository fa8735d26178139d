"""Answers kept for clients that repeat a request under the same key."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from kernel import clock


class IdempotencyKey(models.Model):
    """A client's key for one POST: claimed by its uniqueness, with the answer it got."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(default=b"")
    # The contact whose data the answer shows: it is emptied when they are forgotten.
    contact_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "idempotency_key"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], name="idempotency_key_age"),
            models.Index(
                fields=["contact_id"],
                name="idempotency_key_contact",
                condition=models.Q(contact_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.key
