"""Shared shapes of models: when they were made, whose they are, which version they are in."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock


class Stamped(models.Model):
    """Knows when it was made and last changed by a person."""

    created_at = models.DateTimeField(_("created at"), default=clock.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), default=clock.now, editable=False)

    class Meta:
        abstract = True


class Owned(models.Model):
    """Belongs to a user, so that roles can tell own from others'."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        abstract = True


class Editable(models.Model):
    """Carries the version that an edit must name, so that nobody overwrites what they never saw."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True
