"""What people agreed to, with proof, and what forbids writing to them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.contact import Contact
from contacts.words import Channel, ConsentState, Purpose, Reason


class Consent(models.Model):
    """The consent in force for a purpose (and topic; 0 is none)."""

    pk = models.CompositePrimaryKey("contact", "purpose", "topic_id")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    topic_id = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=ConsentState.choices)
    at = models.DateTimeField()

    class Meta:
        db_table = "consent"

    def __str__(self) -> str:
        return f"{self.contact_id} {self.purpose} {self.state}"


class ConsentRecord(models.Model):
    """Proof of a consent given or refused: append-only, kept with the wording shown."""

    contact_id = models.BigIntegerField(db_index=True)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    topic_id = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=ConsentState.choices)
    at = models.DateTimeField()
    # `api:TOKEN`, `import:ID`, `form:ID`, `user:ID`, `link`: whatever the caller names.
    source = models.TextField()
    text = models.TextField(default="", blank=True)
    ip = models.GenericIPAddressField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "consent_record"

    def __str__(self) -> str:
        return f"{self.contact_id} {self.purpose} {self.state}"


class DoNotContact(models.Model):
    """That a channel is closed for a contact, and why."""

    pk = models.CompositePrimaryKey("contact", "channel")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    comment = models.TextField(default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "do_not_contact"

    def __str__(self) -> str:
        return f"{self.contact_id} {self.channel} {self.reason}"


class Suppression(models.Model):
    """An address, a domain or a keyed hash of an address that is never sent to."""

    class Kind(models.TextChoices):
        """What `value` holds."""

        ADDRESS = "address", _("address")
        DOMAIN = "domain", _("domain")
        HASH = "hash", _("hash")

    pk = models.CompositePrimaryKey("channel", "kind", "value")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.TextField()
    reason = models.CharField(max_length=20, choices=Reason.choices)
    comment = models.TextField(default="", blank=True)
    since = models.DateTimeField()

    class Meta:
        db_table = "suppression"

    def __str__(self) -> str:
        return f"{self.channel} {self.value}"
