"""That somebody was erased, and that the ledger of erasures was gone through after a backup."""

from typing import ClassVar

from django.db import models


class Erasure(models.Model):
    """That a contact was erased, not whom: after a restore it is erased again."""

    contact_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    # Where people's own words (a filter, a draft) still name who is gone: [kind, id] each.
    leftovers = models.JSONField(null=True)
    # By what the words that stood there are known again: length and keyed hash of each.
    words = models.JSONField(null=True)
    # The numbers of contacts that had been merged into theirs; None is none.
    merged = models.JSONField(null=True)
    # What goes to the ledger outside the database (`erasure_ledger`); None once it is there.
    unwritten = models.JSONField(null=True)

    class Meta:
        db_table = "erasure"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["at"],
                name="erasure_leftovers",
                condition=models.Q(leftovers__isnull=False),
            ),
            models.Index(
                fields=["at"],
                name="erasure_unwritten",
                condition=models.Q(unwritten__isnull=False),
            ),
            models.Index(
                fields=["at"], name="erasure_words", condition=models.Q(words__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.contact_id)


class ErasureReplay(models.Model):
    """That erasures were done again after a backup came back: until when, how many."""

    at = models.DateTimeField()
    until = models.DateTimeField()
    erased = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()

    class Meta:
        db_table = "erasure_replay"

    def __str__(self) -> str:
        return f"{self.at} {self.erased}"


class ForgottenWord(models.Model):
    """By what somebody who was erased is known again in what is older than their erasure.

    An address, a number, or a key of theirs, as a keyed hash.
    """

    word = models.BinaryField(primary_key=True)
    # When they were last erased: whoever is named later came anew.
    at = models.DateTimeField()
    # Whether it stood in words of colleagues: the trail of their mends never has it.
    written = models.BooleanField(default=False)

    class Meta:
        db_table = "forgotten_word"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="forgotten_word_at"),
        ]

    def __str__(self) -> str:
        return bytes(self.word).hex()
