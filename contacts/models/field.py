"""Custom fields: rows that say what keys of `attrs` mean."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import Editable, Stamped


class FieldType(models.TextChoices):
    """What a field holds."""

    TEXT = "text", _("text")
    LONG_TEXT = "long_text", _("long text")
    HTML = "html", _("HTML")
    NUMBER = "number", _("number")
    BOOLEAN = "boolean", _("yes or no")
    DATE = "date", _("date")
    DATETIME = "datetime", _("date and time")
    TIME = "time", _("time")
    EMAIL = "email", _("email")
    PHONE = "phone", _("phone")
    URL = "url", _("web address")
    SELECT = "select", _("choice")
    MULTISELECT = "multiselect", _("several choices")
    LOOKUP = "lookup", _("look-up")
    COUNTRY = "country", _("country")
    REGION = "region", _("region")
    LOCALE = "locale", _("language")
    TIMEZONE = "timezone", _("time zone")


class Field(Stamped, Editable):
    """A custom field of contacts or companies. Alias and type never change."""

    class Object(models.TextChoices):
        """What the field belongs to."""

        CONTACT = "contact", _("contact")
        COMPANY = "company", _("company")

    object = models.CharField(max_length=10, choices=Object.choices, default=Object.CONTACT)
    alias = models.CharField(_("alias"), max_length=63)
    type = models.CharField(_("type"), max_length=12, choices=FieldType)
    label = models.CharField(_("label"), max_length=120)
    # By language code: fr, en.
    labels = models.JSONField(_("labels"), default=dict)
    # Each with value, label and labels by language.
    options = models.JSONField(_("options"), default=list)
    group = models.CharField(_("group"), max_length=60, default="", blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)
    default = models.JSONField(_("default"), null=True)
    help_text = models.TextField(_("help text"), default="", blank=True)
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    required = models.BooleanField(_("required"), default=False)
    unique = models.BooleanField(_("unique"), default=False)
    public = models.BooleanField(_("publicly updatable"), default=False)
    listed = models.BooleanField(_("shown in the list"), default=False)
    indexed = models.BooleanField(_("indexed"), default=False)

    # Seen by whom the role allows it alone (`kernel.secrecy`).
    sensitive = models.BooleanField(_("sensitive"), default=False, db_default=False)

    class Meta:
        db_table = "field"
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        ordering: ClassVar = ["object", "order", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["object", "alias"], name="field_alias_once")
        ]

    def __str__(self) -> str:
        return self.label
