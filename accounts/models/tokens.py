"""API tokens: stored as a hash, never stronger than their user."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from kernel import clock
from kernel.permissions import READING_VERBS

MARK = "rl_"
SHOWN = len(MARK) + 7
EVERY_KIND = "*"
# Often enough to know what is in use, rarely enough to cost nothing.
USE_NOTED_EVERY = timedelta(minutes=1)


def digest_of(secret: str) -> str:
    """Hash a token; it is 256 random bits, so a fast hash is as good as a slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Token(models.Model):
    """A key for programs; shown once, then known by its first characters."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=120)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    # {"contacts": "read", "*": "write"}; null = whatever the user may do.
    scopes = models.JSONField(_("scopes"), null=True, default=None)
    created_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(_("expires at"), null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_token"
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @classmethod
    def issue(
        cls,
        user: User,
        name: str,
        *,
        now: datetime,
        scopes: dict[str, str] | None = None,
        expires_at: datetime | None = None,
    ) -> tuple["Token", str]:
        """Make a token; its secret is returned once and stored nowhere."""
        secret = MARK + secrets.token_urlsafe(32)
        token = cls.objects.create(
            user=user,
            name=name,
            prefix=secret[:SHOWN],
            digest=digest_of(secret),
            scopes=scopes,
            created_at=now,
            expires_at=expires_at,
        )
        return token, secret

    @property
    def is_limited(self) -> bool:
        """Say whether it opens less, or for less long, than its user may ask."""
        return self.scopes is not None or self.expires_at is not None

    def allows(self, kind: str, verb: str) -> bool:
        """Say whether the scopes include this; the user's role must as well."""
        if self.scopes is None:
            return True
        scope = self.scopes.get(kind, self.scopes.get(EVERY_KIND))
        return scope == "write" or (scope == "read" and verb in READING_VERBS)

    def note_use(self, now: datetime) -> None:
        """Remember when it was last used, at most once a minute."""
        if self.last_used_at is not None and self.last_used_at > now - USE_NOTED_EVERY:
            return
        stale = models.Q(last_used_at=None) | models.Q(last_used_at__lte=now - USE_NOTED_EVERY)
        Token.objects.filter(stale, pk=self.pk).update(last_used_at=now)
        self.last_used_at = now

    def revoke(self, now: datetime) -> None:
        """Stop it at once; repeating it keeps the first instant."""
        Token.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=now)
        self.refresh_from_db(fields=["revoked_at"])
