"""What is on its way to other systems."""

from typing import ClassVar

from django.db import models

from kernel import clock

PLAIN = "application/json"


class PostState(models.IntegerChoices):
    """How far a post has come."""

    WAITING = 0
    TAKEN = 1
    REFUSED = 2


class Post(models.Model):
    """One call of one system about one contact; emptied once it was taken or refused.

    No foreign key to the contact: a check a row would cost more than the row.
    """

    # The same for each try of the same effect: `step:VISIT:NODE:PASS`.
    cause = models.CharField(max_length=200, unique=True)
    contact_id = models.BigIntegerField(db_index=True)
    method = models.CharField(max_length=10, default="POST", db_default="POST")
    url = models.TextField()
    # `server:port/PATH` (`Call.host`): a server has a few hands of its own; an address is left
    # alone by itself, so that a dead one holds up nobody else.
    host = models.CharField(max_length=300, default="", db_default="")
    # Own ones as JSON, `[[name, sealed value]]`; empty: none.
    headers = models.TextField(default="", db_default="")
    # Sealed; empty: unsigned.
    secret = models.TextField(default="")
    # What the body is; empty: it goes into the address.
    kind = models.CharField(max_length=100, default=PLAIN, db_default=PLAIN)
    body = models.TextField()
    # What of the person stands in the address and in headers, by token as JSON; empty: nothing.
    outside = models.TextField(default="", db_default="")
    # How long the receiver has for its answer.
    seconds = models.SmallIntegerField(default=10, db_default=10)
    state = models.SmallIntegerField(choices=PostState.choices, default=PostState.WAITING)
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField(default=clock.now)
    # When the step last waited for it: what nobody waits for is posted no more.
    asked_at = models.DateTimeField(default=clock.now)
    error = models.TextField(default="")

    class Meta:
        db_table = "webhook_post"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["host", "due_at"], name="webhook_post_host", condition=models.Q(state=0)
            ),
        ]

    def __str__(self) -> str:
        return self.cause


class SilentHost(models.Model):
    """An address that gave no answer; once it answers the row goes."""

    host = models.CharField(max_length=300, primary_key=True)
    # How often in a row; those under way at once count once.
    failures = models.SmallIntegerField(default=1)
    # When it gave no answer first.
    since = models.DateTimeField()
    # Nothing is posted there before; then one, to try.
    until = models.DateTimeField()
    error = models.TextField()

    class Meta:
        db_table = "webhook_silent_host"

    def __str__(self) -> str:
        return self.host
