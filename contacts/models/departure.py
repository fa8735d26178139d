"""Who is to be erased because a campaign says so."""

from typing import ClassVar

from django.db import models

from kernel import clock


class Departure(models.Model):
    """That a step of a campaign has a contact erased; the row goes with the contact.

    No foreign key to the contact, as everywhere where a row is written for each of many.
    """

    contact_id = models.BigIntegerField(primary_key=True)
    # The campaign whose step it was: unpublished, it takes back whoever is not erased yet.
    campaign_id = models.BigIntegerField(default=0, db_default=0)
    asked_at = models.DateTimeField(default=clock.now)
    # None: it waits until somebody confirms that so many are to go.
    due_at = models.DateTimeField(null=True)
    # When somebody confirmed it, where it had to be: it is not asked again.
    confirmed_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "departure"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], name="departure_due"),
            models.Index(fields=["campaign_id"], name="departure_campaign"),
        ]

    def __str__(self) -> str:
        return str(self.contact_id)


class DepartureBrake(models.Model):
    """How many a campaign has had erased within the hour that began at `since`."""

    campaign_id = models.BigIntegerField(primary_key=True)
    since = models.DateTimeField()
    asked = models.IntegerField()
    # How many waited when somebody was told of them.
    told = models.IntegerField(null=True)

    class Meta:
        db_table = "departure_brake"

    def __str__(self) -> str:
        return str(self.campaign_id)
