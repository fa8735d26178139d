"""Invitations: who asked whom to join, until when, and what came of it."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User


class Invitation(models.Model):
    """The latest invitation of a user; links of earlier mails end when it is sent again."""

    class State(models.TextChoices):
        """What came of it."""

        PENDING = "pending", _("invited")
        EXPIRED = "expired", _("invitation expired")
        WITHDRAWN = "withdrawn", _("invitation withdrawn")
        ACCEPTED = "accepted", _("accepted")

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="invitation")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    # Part of the link: how often it was sent.
    times = models.PositiveIntegerField(default=1)
    sent_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("expires at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True)

    class Meta:
        db_table = "invitation"
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.user_id}/{self.times}"

    @property
    def asked_by(self) -> str:
        """Name who invites, with an address to write to; nobody in particular is nothing."""
        if self.by is None:
            return ""
        name, address = self.by.name, self.by.email
        return address if name == address else f"{name} ({address})"

    def state(self, now: datetime) -> "Invitation.State":
        """Say where it stands."""
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        return self.State.PENDING if now < self.expires_at else self.State.EXPIRED

    @classmethod
    def in_state(cls, state: str, now: datetime) -> models.Q:
        """Return the condition on users whose invitation stands there."""
        waits: dict[str, Any] = {"invitation__accepted_at": None, "invitation__withdrawn_at": None}
        conditions: dict[str, dict[str, Any]] = {
            cls.State.ACCEPTED: {"invitation__accepted_at__isnull": False},
            cls.State.WITHDRAWN: {
                "invitation__accepted_at": None,
                "invitation__withdrawn_at__isnull": False,
            },
            cls.State.PENDING: {**waits, "invitation__expires_at__gt": now},
            cls.State.EXPIRED: {**waits, "invitation__expires_at__lte": now},
        }
        return models.Q(invitation__isnull=False, **conditions[cls.State(state)])
