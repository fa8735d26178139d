"""Who was held out of a campaign, to be compared with those who went."""

from typing import ClassVar

from django.db import models

from campaigns.models.campaign import Campaign


class HeldOut(models.Model):
    """A contact the draw kept out. No foreign key to it, as with visits."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    contact_id = models.BigIntegerField(db_index=True)
    held_at = models.DateTimeField()

    class Meta:
        db_table = "held_out"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["campaign", "contact_id"], name="held_out_once")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.contact_id}"
