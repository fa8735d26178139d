"""Mails of the product to its own users, on their way."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock


class AccountMail(models.Model):
    """A mail that waits to be sent; deleted with its secrets as soon as it is gone.

    Sending apart from the request makes every request take the same time, whether there is
    anybody to write to or not.
    """

    recipient = models.EmailField(_("recipient"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now)
    # Later than this there is no use in it: its link has ended.
    until = models.DateTimeField(null=True)
    # Of whom it speaks, so that it is forgotten with them; those of nobody go first.
    contact_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "account_mail"
        verbose_name = _("mail to a user")
        verbose_name_plural = _("mails to users")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], name="account_mail_due"),
            # Links to sign in by never wait behind a thousand notices.
            models.Index(
                fields=["due_at"],
                name="account_mail_first",
                condition=models.Q(contact_id__isnull=True),
            ),
            models.Index(
                fields=["contact_id"],
                name="account_mail_contact",
                condition=models.Q(contact_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject}"
