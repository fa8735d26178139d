"""What users are told, read or not yet."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock

LONGEST_TITLE, LONGEST_TEXT = 200, 2_000


class Notice(models.Model):
    """One piece of news for one user, in the words of their language."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        db_index=False,
        related_name="+",
    )
    # Who tells it, as `campaigns.paused`.
    key = models.CharField(max_length=80)
    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    text = models.TextField(_("text"), default="")
    # Where it leads: a path of this installation, or nowhere.
    path = models.CharField(max_length=300, default="")
    # Of whom it speaks. No foreign key: a check a row would cost more than the row.
    contact_id = models.BigIntegerField(null=True)
    # Whether something sensitive was filled in: hidden again from whoever may see it no more.
    sensitive = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(_("read at"), null=True)

    class Meta:
        db_table = "notice"
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-id"], name="notice_newest"),
            # The bell asks for it with every page.
            models.Index(
                fields=["user"], name="notice_unread", condition=models.Q(read_at__isnull=True)
            ),
            models.Index(
                fields=["contact_id"],
                name="notice_contact",
                condition=models.Q(contact_id__isnull=False),
            ),
            models.Index(fields=["created_at"], name="notice_age"),
        ]

    def __str__(self) -> str:
        return self.title


class NoticeRate(models.Model):
    """How much one source was to tell a user in an hour, and the notice that sums up the rest."""

    pk = models.CompositePrimaryKey("hour", "source", "user")
    hour = models.DateTimeField()
    # What tells: a digest of its words.
    source = models.CharField(max_length=32)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    told = models.IntegerField()
    notice_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "notice_rate"

    def __str__(self) -> str:
        return f"{self.source}/{self.user_id}: {self.told}"
