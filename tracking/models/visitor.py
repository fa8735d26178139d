"""Browsers of tracked sites: visitors are no contacts, and may become known as one."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Visitor(models.Model):
    """A browser by the random key it keeps; `contact_id` once somebody proved to be behind it."""

    key = models.UUIDField(unique=True)
    contact_id = models.BigIntegerField(null=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    identified_at = models.DateTimeField(null=True)
    # `signed` by the site, or only by the `link` of a message: enough to file what was visited
    # under the contact, never to show or change anything of theirs.
    proof = models.CharField(max_length=10, default="", db_default="")
    # Events that wait in `visitor_event`: bounded, since anybody can send some.
    kept = models.IntegerField(default=0, db_default=0)
    # Whether these are to be handed over to the contact.
    adopt = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "visitor"
        verbose_name = _("visitor")
        verbose_name_plural = _("visitors")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["contact_id"],
                name="visitor_contact",
                condition=models.Q(contact_id__isnull=False),
            ),
            models.Index(fields=["id"], name="visitor_adopt", condition=models.Q(adopt=True)),
            models.Index(fields=["last_at"], name="visitor_age"),
        ]

    def __str__(self) -> str:
        return str(self.key)


class VisitorEvent(models.Model):
    """What somebody unknown did: moves to the log of events when they become known."""

    visitor_id = models.BigIntegerField()
    type_id = models.SmallIntegerField()
    occurred_at = models.DateTimeField()
    verdict = models.SmallIntegerField()
    data = models.JSONField()

    class Meta:
        db_table = "visitor_event"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["visitor_id", "id"], name="visitor_event_visitor")
        ]

    def __str__(self) -> str:
        return f"{self.visitor_id}/{self.type_id}"


class Claim(models.Model):
    """A browser came with the token of a message: examined a moment later, once.

    Its uniqueness makes one message identify one browser: whoever gets it forwarded stays unknown.
    """

    source = models.CharField(max_length=20)
    reference = models.BigIntegerField()
    visitor_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    # Null once examined.
    due_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "visitor_claim"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "reference"], name="visitor_claim_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                name="visitor_claim_due",
                condition=models.Q(due_at__isnull=False),
            ),
            models.Index(fields=["visitor_id"], name="visitor_claim_visitor"),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.reference}"
