"""What people agreed to, with proof, what they wish for, and what forbids writing to them."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from contacts.models.contact import Contact
from contacts.words import Channel, ConsentState, Period, Purpose, Reason
from kernel.models import Editable, Stamped


class Topic(Stamped, Editable):
    """What mails are about, so that a person can leave one and keep the others."""

    name = models.CharField(_("name"), max_length=120)
    # What visitors read, by language code: fr, en.
    labels = models.JSONField(_("labels"), default=dict, blank=True)
    # Whether people find it on their preference page.
    public = models.BooleanField(_("public"), default=True)

    class Meta:
        db_table = "topic"
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("name"), name="topic_name_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Return its name in the language in force."""
        return str(self.labels.get((get_language() or "")[:2]) or self.name)


class Consent(models.Model):
    """The consent in force for a purpose (and topic; 0 is none)."""

    pk = models.CompositePrimaryKey("contact", "purpose", "topic_id")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    topic_id = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=ConsentState.choices)
    at = models.DateTimeField()
    # When the person was asked to confirm it.
    asked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "consent"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["at"],
                name="consent_pending",
                condition=models.Q(state=ConsentState.PENDING),
            ),
            # How many agreed to a topic; most consents are about none.
            models.Index(
                fields=["topic_id"],
                name="consent_agreed",
                condition=models.Q(state=ConsentState.GRANTED, topic_id__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.purpose} {self.state}"


class ConsentRecord(models.Model):
    """Proof of a consent given or refused: append-only, kept with the wording shown."""

    contact_id = models.BigIntegerField(db_index=True)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    topic_id = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=ConsentState.choices)
    at = models.DateTimeField()
    # `api:TOKEN`, `import:ID`, `user:ID`, `confirmation` …: who says so.
    source = models.TextField()
    # What a client names as its evidence: `form:7@3`, a contract's number.
    reference = models.TextField(blank=True, db_default="")
    # The wording that was shown, and its language.
    text = models.TextField(default="", blank=True)
    language = models.CharField(max_length=35, blank=True, db_default="")
    ip = models.GenericIPAddressField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "consent_record"

    def __str__(self) -> str:
        return f"{self.contact_id} {self.purpose} {self.state}"


class DoNotContact(models.Model):
    """That a channel is closed for a contact, and why: lifting one reason leaves the others."""

    pk = models.CompositePrimaryKey("contact", "channel", "reason")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    comment = models.TextField(default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "do_not_contact"

    def __str__(self) -> str:
        return f"{self.contact_id} {self.channel} {self.reason}"


class ChannelWish(models.Model):
    """How often, when and from which day on a person wants to hear from us on a channel."""

    pk = models.CompositePrimaryKey("contact", "channel")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    # At most so many a period, in the place of the workspace's general rule.
    most = models.PositiveSmallIntegerField(null=True)
    per = models.CharField(max_length=5, choices=Period.choices, default="", blank=True)
    # In the person's own time zone.
    quiet_from = models.TimeField(null=True)
    quiet_to = models.TimeField(null=True)
    # The day on which messages may come again.
    pause_until = models.DateField(null=True)

    class Meta:
        db_table = "channel_wish"

    def __str__(self) -> str:
        return f"{self.contact_id} {self.channel}"


class Suppression(models.Model):
    """An address, a domain or a keyed hash of an address that is never sent to."""

    class Kind(models.TextChoices):
        """What `value` holds."""

        ADDRESS = "address", _("address")
        DOMAIN = "domain", _("domain")
        HASH = "hash", _("hash")

    channel = models.CharField(max_length=10, choices=Channel.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.TextField()
    # Of a domain: whether it holds for every domain below it, too.
    below = models.BooleanField(_("everything below it"), default=False, db_default=False)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    comment = models.TextField(default="", blank=True)
    since = models.DateTimeField()

    class Meta:
        db_table = "suppression"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "kind", "value"], name="suppression_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.value}"
