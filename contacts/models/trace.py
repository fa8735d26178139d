"""Who was merged into whom, and by which values the former ones still find the survivor."""

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from contacts.models.contact import Contact


class Merge(models.Model):
    """That a contact became part of another one: the old id still answers."""

    loser_id = models.BigIntegerField(primary_key=True)
    winner_id = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()
    # Who asked for it; nobody, where a rule of the workspace did.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # `hand`, `api`, `job:7`.
    reason = models.CharField(max_length=80, default="")
    # Aliases whose values the survivor has from the loser.
    taken = models.JSONField(default=list)
    # Values by alias that neither contact holds any more.
    lost = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    # When to look again for what was under way for the loser; NULL = all has arrived.
    echo_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "merge"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["echo_at"], name="merge_echo", condition=models.Q(echo_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.winner_id}"


class FormerIdentifier(models.Model):
    """A value that named a contact before it was merged; whoever takes it anew has it."""

    pk = models.CompositePrimaryKey("kind", "value")
    kind = models.TextField()
    value = models.TextField()
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "former_identifier"

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class Distinct(models.Model):
    """That two contacts are two people, whatever they have in common: somebody said so."""

    pk = models.CompositePrimaryKey("low", "high")
    low = models.BigIntegerField()
    high = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "not_duplicate"

    def __str__(self) -> str:
        return f"{self.low} ≠ {self.high}"
