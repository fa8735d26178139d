"""A text as people edit it, and the compiled versions that are sent."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.models import Editable, Owned, Stamped
from segments.models import Segment


class Text(Stamped, Owned, Editable):
    """A text message: a broadcast to segments, or a template that campaigns and others send."""

    class Type(models.TextChoices):
        """How it is sent."""

        TEMPLATE = "template", _("automated")
        SEGMENT = "segment", _("broadcast")

    class Kind(models.TextChoices):
        """Under which permission it is sent."""

        MARKETING = "marketing", _("marketing")
        TRANSACTIONAL = "transactional", _("transactional")

    class State(models.TextChoices):
        """Whether it may be sent at all."""

        PUBLISHED = "published", _("published")
        UNPUBLISHED = "unpublished", _("unpublished")

    name = models.CharField(_("name"), max_length=200)
    type = models.CharField(_("type"), max_length=10, choices=Type.choices, default=Type.TEMPLATE)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices, default=Kind.MARKETING)
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.PUBLISHED
    )
    body = models.TextField(_("text"), max_length=5_000)
    language = models.CharField(_("language"), max_length=35, default="en")
    translation_of = models.ForeignKey(
        "self",
        verbose_name=_("translation of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="translations",
    )
    # Whom a broadcast goes to: members of any of the first, of none of the second.
    segments = models.ManyToManyField(
        Segment, verbose_name=_("segments"), blank=True, related_name="+", db_table="sms_segment"
    )
    excluded_segments = models.ManyToManyField(
        Segment,
        verbose_name=_("excluded segments"),
        blank=True,
        related_name="+",
        db_table="sms_excluded_segment",
    )
    # The version that is sent from now on.
    current = models.ForeignKey(
        "TextVersion", null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    # Figures by state and reason as of `counted_at`; of a broadcast the sum of its runs.
    counts = models.JSONField(default=dict, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        db_table = "sms"
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")

    def __str__(self) -> str:
        return self.name

    @property
    def is_transactional(self) -> bool:
        """Say whether it goes by its own permission, past unsubscribes and caps."""
        return self.kind == self.Kind.TRANSACTIONAL


class TextVersion(models.Model):
    """What a text said at one time, compiled; immutable, so that the ledger can name it."""

    sms = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=35)
    marketing = models.BooleanField()
    # `content.message.PreparedMessage` with a text alone.
    prepared = models.JSONField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "sms_version"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sms", "number"], name="sms_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.sms_id} v{self.number}"
