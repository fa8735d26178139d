"""Domains that sign our mails, and their keys: one signs, another may wait for its DNS record."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock


class SigningDomain(models.Model):
    """A domain of senders whose mails carry its DKIM signature."""

    domain = models.CharField(_("domain"), max_length=253, unique=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "signing_domain"
        verbose_name = _("signing domain")
        verbose_name_plural = _("signing domains")

    def __str__(self) -> str:
        return self.domain


class SigningKey(models.Model):
    """One key pair under its selector; the private half is sealed."""

    class State(models.TextChoices):
        NEW = "new", _("waits for its DNS record")
        ACTIVE = "active", _("signs")
        RETIRED = "retired", _("verifies mails under way")

    owner = models.ForeignKey(SigningDomain, models.CASCADE, related_name="keys")
    selector = models.CharField(_("selector"), max_length=63)
    state = models.CharField(_("state"), max_length=7, choices=State.choices)
    sealed = models.TextField()
    # The public half as the DNS record holds it.
    public = models.TextField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "signing_key"
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "selector"], name="signing_key_selector"),
            models.UniqueConstraint(
                fields=["owner", "state"],
                name="signing_key_one_each",
                condition=models.Q(state__in=["new", "active"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.selector}._domainkey.{self.owner_id}"
