"""Whose data are kept and not worked on, since when, and on what ground."""

from django.db import models

from contacts.models.contact import Contact
from contacts.words import Ground


class Restriction(models.Model):
    """That the processing of a person's data is restricted (GDPR, article 18).

    Triggers keep `contact.withheld` in step with these rows, and with refusals of profiling.
    """

    contact = models.OneToOneField(
        Contact, primary_key=True, on_delete=models.CASCADE, related_name="restriction"
    )
    ground = models.CharField(max_length=10, choices=Ground.choices)
    comment = models.TextField(default="", blank=True)
    # `user:ID`, `api:TOKEN`: who noted it down.
    source = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "restriction"

    def __str__(self) -> str:
        return f"{self.contact_id} {self.ground}"
