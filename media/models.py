"""Images and the files they are served as."""

from functools import cached_property
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.models import Editable, Owned, Stamped

LONGEST_NAME, LONGEST_ALT = 200, 500


class Kept(models.Manager["Image"]):
    """Images of the library, without those that were deleted and are still served."""

    def get_queryset(self) -> models.QuerySet["Image"]:
        """Leave out what nobody chooses any more."""
        return super().get_queryset().filter(removed_at=None)


class Image(Stamped, Owned, Editable):
    """A picture of the library, as people name and describe it."""

    class Format(models.TextChoices):
        """What it is served as; every mail program shows these three."""

        JPEG = "jpeg", "JPEG"
        PNG = "png", "PNG"
        GIF = "gif", _("GIF, moving")

    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    alt = models.CharField(
        _("description"),
        max_length=LONGEST_ALT,
        default="",
        blank=True,
        help_text=_(
            "What is to be seen, for who does not see it: screen readers say it, and mail programs"
            " show it while images are off. Emails take it over."
        ),
    )
    # Of the whole picture, upright, in pixels and bytes.
    format = models.CharField(_("format"), max_length=4, choices=Format.choices, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    size = models.PositiveIntegerField(_("weight"), editable=False)

    # Since when mails may show it: its email was published with it. Mailboxes keep such mails for
    # years, whatever becomes of email and ledger.
    went_out_at = models.DateTimeField(null=True, editable=False)
    # Out of the library; its addresses lead on for the mails that show it.
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = Kept()
    every = models.Manager["Image"]()

    class Meta:
        db_table = "image"
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def __str__(self) -> str:
        return self.name

    @cached_property
    def shown(self) -> dict[str, "ImageFile"]:
        """Return the files of today by their use; lists fetch `files` beforehand."""
        return {file.use: file for file in self.files.all() if file.current}

    def file(self, use: str) -> "ImageFile":
        """Return the file of a use; of a picture too small for one of its own, the next larger."""
        larger = USES[: USES.index(use) + 1]
        return next(self.shown[each] for each in reversed(larger) if each in self.shown)


class ImageFile(models.Model):
    """One file on disk: a picture in one size. Its name is its address and never means another."""

    class Use(models.TextChoices):
        """What it is for."""

        FULL = "full", _("whole")
        MAIL = "mail", _("for mails")
        SMALL = "small", _("small")
        THUMB = "thumb", _("thumbnail")

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="files")
    # 128 random bits and the ending of its type.
    name = models.CharField(max_length=40, unique=True)
    use = models.CharField(max_length=5, choices=Use.choices)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    # Those of a picture that was replaced stay for mails that show them.
    current = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "image_file"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["image", "use"],
                name="image_file_one_a_use",
                condition=models.Q(current=True),
            )
        ]

    def __str__(self) -> str:
        return self.name


# The largest first.
USES = (ImageFile.Use.FULL.value, ImageFile.Use.MAIL.value, ImageFile.Use.SMALL.value, "thumb")
