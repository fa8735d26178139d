"""Forms as they are written, as they were shown, and what people sent by them."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.models import Editable, Owned, Stamped

LANGUAGES = [("en", "English"), ("fr", "Français")]


class Form(Stamped, Owned, Editable):
    """A form: `content` is the draft, `shown` the version that visitors get, if any."""

    name = models.CharField(_("name"), max_length=200)
    # Its place on the web: /f/ALIAS.
    alias = models.SlugField(_("address"), max_length=80, unique=True)
    description = models.TextField(_("description"), blank=True, default="")
    language = models.CharField(_("language"), max_length=5, choices=LANGUAGES, default="en")
    content = models.JSONField(default=dict, editable=False)
    shown = models.ForeignKey(
        "FormVersion", null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    opens_at = models.DateTimeField(_("open from"), null=True, blank=True)
    closes_at = models.DateTimeField(_("open until"), null=True, blank=True)
    # In their order: `{"id", "key", "config"}`; the id is never given twice, so that *once* stays.
    actions = models.JSONField(_("actions"), default=list, blank=True)
    last_action = models.PositiveIntegerField(default=0, editable=False)
    # Objects that its actions name, as `kind:id`.
    uses = ArrayField(models.TextField(), default=list, editable=False)

    class Meta:
        db_table = "form"
        verbose_name = _("form")
        verbose_name_plural = _("forms")
        indexes: ClassVar[list[models.Index]] = [GinIndex(fields=["uses"], name="form_uses")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_published(self) -> bool:
        """Whether visitors get it; its window may still be shut."""
        return self.shown_id is not None

    @property
    def has_changed(self) -> bool:
        """Whether the draft differs from what visitors get."""
        return self.shown is not None and self.shown.content != self.content


class FormVersion(models.Model):
    """A form as visitors got it: never changed, for whoever still has it open."""

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    published_at = models.DateTimeField(default=clock.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        db_table = "form_version"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.form_id}@{self.number}"

    @property
    def fields(self) -> list[dict[str, Any]]:
        """Return its fields in their order."""
        found: list[dict[str, Any]] = self.content["fields"]
        return found


class Submission(models.Model):
    """What somebody sent, once for each time the form was shown to them."""

    class Proof(models.TextChoices):
        """Why what was sent may write to a contact; without one it may not."""

        NONE = "", _("none: the contact was known already")
        NEW = "new", _("the contact was new")
        CLIENT = "client", _("told by a program that may write contacts")
        COLLEAGUE = "colleague", _("taken over by a colleague")

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="submissions")
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    # No foreign key: what is sent about nobody in particular, or by whoever was erased, stays.
    contact_id = models.BigIntegerField(null=True)
    # Names the page it was sent from: the same again is the same submission.
    token = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    # By the id of the field.
    answers = models.JSONField(default=dict)
    proof = models.CharField(max_length=10, choices=Proof.choices, default="", blank=True)
    language = models.CharField(max_length=5, default="", blank=True)
    # The page it was filled in on.
    page = models.TextField(default="", blank=True)
    ip = models.GenericIPAddressField(null=True)
    # A hash of the sender's address that changes every day: counts, and leads to nobody.
    origin = models.CharField(max_length=24, default="", blank=True)
    # When its actions were through; null: they are still to be carried out.
    done_at = models.DateTimeField(null=True)
    problem = models.TextField(default="", blank=True)

    class Meta:
        db_table = "form_submission"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["form", "token"], name="form_submission_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["form", "-id"], name="form_submission_latest"),
            models.Index(
                fields=["contact_id"],
                name="form_submission_of",
                condition=models.Q(contact_id__isnull=False),
            ),
            models.Index(
                fields=["id"], name="form_submission_open", condition=models.Q(done_at__isnull=True)
            ),
            models.Index(fields=["origin", "sent_at"], name="form_submission_origin"),
            models.Index(fields=["sent_at"], name="form_submission_age"),
        ]

    def __str__(self) -> str:
        return f"{self.form_id}/{self.pk}"
