"""The audit trail: who did what, when, from where."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.tokens import Token
from accounts.models.users import User
from kernel import clock


class AuditEntry(models.Model):
    """One deed; written with its effect, never changed, deleted by age alone."""

    at = models.DateTimeField(_("at"), default=clock.now)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    # The address the user had then: it outlives the user.
    who = models.CharField(_("who"), max_length=254, blank=True, default="")
    token = models.ForeignKey(Token, null=True, on_delete=models.SET_NULL, related_name="+")
    address = models.GenericIPAddressField(_("address"), null=True)
    kind = models.CharField(_("kind"), max_length=40)
    verb = models.CharField(_("verb"), max_length=60)
    object_id = models.BigIntegerField(null=True)
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    path = models.CharField(max_length=200, blank=True, default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_entry"
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="audit_entry_age"),
            models.Index(fields=["kind", "object_id", "id"], name="audit_entry_object"),
            models.Index(fields=["user", "id"], name="audit_entry_user"),
        ]

    def __str__(self) -> str:
        return f"{self.who}: {self.kind} {self.verb} {self.object_id or ''}"
