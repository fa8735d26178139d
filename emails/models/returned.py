"""What comes back: where it is fetched, each message as it was stored, what followed from it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from emails.returned.reading import Kind
from kernel import clock
from kernel.models import Editable, Stamped


class MailSource(Stamped, Editable):
    """A mailbox, a folder or an address for programs, from which returned mail comes."""

    class Way(models.TextChoices):
        """How mail comes from it."""

        IMAP = "imap", _("mailbox (IMAP)")
        FOLDER = "folder", _("folder (maildir)")
        WEBHOOK = "webhook", _("posted by a mail server")

    class Security(models.TextChoices):
        """How the connection is kept from others."""

        TLS = "tls", _("TLS from the start")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("none")

    class After(models.TextChoices):
        """What becomes of a message once it is stored here."""

        KEEP = "keep", _("stays where it is")
        DELETE = "delete", _("is deleted there")

    name = models.CharField(_("name"), max_length=200)
    way = models.CharField(_("way"), max_length=10, choices=Way.choices, default=Way.IMAP)
    active = models.BooleanField(_("active"), default=True)
    host = models.CharField(_("server"), max_length=253, blank=True, default="")
    port = models.PositiveIntegerField(_("port"), default=993)
    security = models.CharField(
        _("security"), max_length=10, choices=Security.choices, default=Security.TLS
    )
    user = models.CharField(_("user"), max_length=320, blank=True, default="")
    # A folder of the mailbox, or one below MAILDIR_ROOT.
    folder = models.CharField(_("folder"), max_length=300, blank=True, default="INBOX")
    after = models.CharField(
        _("a message once stored"), max_length=10, choices=After.choices, default=After.KEEP
    )
    # The password, or what a mail server signs with.
    sealed = models.TextField(default="", editable=False)
    secret_at = models.DateTimeField(_("secret set"), null=True, editable=False)
    # Up to where it was read, and in which life of that mailbox.
    validity = models.BigIntegerField(default=0, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    # Who looks holds it until then.
    lease_until = models.DateTimeField(null=True, editable=False)
    looked_at = models.DateTimeField(_("last looked"), null=True, editable=False)
    taken_at = models.DateTimeField(_("last message"), null=True, editable=False)
    failed_at = models.DateTimeField(_("last failed"), null=True, editable=False)
    # Why the last look failed; empty since one went well.
    trouble = models.TextField(_("why it does not work"), default="", editable=False)

    class Meta:
        db_table = "mail_source"
        verbose_name = _("source of returned mail")
        verbose_name_plural = _("sources of returned mail")

    def __str__(self) -> str:
        return self.name


class ReturnedMail(models.Model):
    """One message that came in. Its text goes when it was understood; its digest stays a while."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("waits")
        DONE = "done", _("understood")
        HELD = "held", _("in quarantine")

    class Why(models.TextChoices):
        """Why it is in quarantine."""

        UNKNOWN = "unknown", _("it is not clear what it is")
        NOBODY = "nobody", _("it names no mail of ours")
        FORGED = "forged", _("its address of return is not one we made")
        STRANGER = "stranger", _("somebody else than the contact wrote it")
        UNPROVEN = "unproven", _("it does not prove that it is about this mail")
        SEVERAL = "several", _("it names several mails of ours")
        BROKEN = "broken", _("it could not be read")

    source_id = models.BigIntegerField(default=0)
    # SHA-256 of the message as it came, in hexadecimal: the same is stored once.
    digest = models.CharField(max_length=64, unique=True)
    raw = models.BinaryField(default=b"")
    size = models.PositiveIntegerField(_("size"), default=0)
    # To whom it was handed over, where whoever posted it said so.
    recipient = models.CharField(max_length=320, default="")
    sender = models.CharField(_("sender"), max_length=320, default="")
    subject = models.CharField(_("subject"), max_length=300, default="")
    # Every address in it, in small letters: by these it is found when somebody is erased.
    addresses = ArrayField(models.TextField(), default=list)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.UNKNOWN)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    why = models.CharField(_("why"), max_length=10, choices=Why.choices, default="", blank=True)
    contact_id = models.BigIntegerField(null=True)
    received_at = models.DateTimeField(_("received"), default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "returned_mail"
        verbose_name = _("returned mail")
        verbose_name_plural = _("returned mails")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                name="returned_mail_due",
                condition=models.Q(state="waiting"),
            ),
            models.Index(
                fields=["received_at"], name="returned_mail_held", condition=models.Q(state="held")
            ),
            models.Index(fields=["received_at"], name="returned_mail_age"),
            models.Index(
                fields=["contact_id"],
                name="returned_mail_contact",
                condition=models.Q(contact_id__isnull=False),
            ),
            GinIndex(fields=["addresses"], name="returned_mail_addresses"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class MailOutcome(models.Model):
    """What was learnt of a delivery after it was sent: each once, whoever tells it how often."""

    # The provider's id of what it told, or our own digest of the message.
    name = models.CharField(max_length=200, unique=True)
    delivery_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    cause = models.CharField(max_length=40, default="")
    status = models.CharField(max_length=12, default="")
    words = models.TextField(default="")
    # Whether it counts against the address.
    counts = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        db_table = "email_outcome"
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["delivery_id", "kind"],
                name="email_outcome_once",
                condition=~models.Q(kind="reply") & ~models.Q(cause="opt-out"),
            ),
            # Who left may complain as well, and the other way round.
            models.UniqueConstraint(
                fields=["delivery_id"],
                name="email_outcome_left",
                condition=models.Q(cause="opt-out"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["contact_id", "at"], name="email_outcome_contact"),
            models.Index(fields=["at"], name="email_outcome_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.delivery_id}"
