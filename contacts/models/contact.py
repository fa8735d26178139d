"""A contact in two tables: what people change, and what the machine writes."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower, NullIf, Trim
from django.utils.translation import gettext_lazy as _

from contacts.models.company import Company
from contacts.naming import called
from kernel import clock
from kernel.models import Editable, Owned, Stamped


class Contact(Stamped, Owned, Editable):
    """A person. `updated_at` moves when a person's data change, never by tracking.

    Text columns hold NULL for *no value*, never an empty string. Custom fields live in `attrs`
    by alias, without keys for empty values: numbers as JSON numbers, dates and times in ISO form,
    instants as `2026-11-22T10:00:00.123Z`, multi-selects as arrays.
    """

    email = models.TextField(_("email"), null=True)
    email_key = models.GeneratedField(
        expression=NullIf(Lower(Trim("email")), models.Value("")),
        output_field=models.TextField(null=True),
        db_persist=True,
    )
    title = models.TextField(_("title"), null=True)
    first_name = models.TextField(_("first name"), null=True)
    last_name = models.TextField(_("last name"), null=True)
    phone = models.TextField(_("phone"), null=True)
    mobile = models.TextField(_("mobile"), null=True)
    position = models.TextField(_("position"), null=True)
    company = models.ForeignKey(
        Company, verbose_name=_("company"), null=True, on_delete=models.SET_NULL
    )
    address = models.TextField(_("address"), null=True)
    city = models.TextField(_("city"), null=True)
    region = models.TextField(_("region"), null=True)
    postcode = models.TextField(_("postcode"), null=True)
    country = models.TextField(_("country"), null=True)
    locale = models.TextField(_("language"), null=True)
    timezone = models.TextField(_("time zone"), null=True)
    website = models.TextField(_("website"), null=True)
    linkedin = models.TextField("LinkedIn", null=True)
    facebook = models.TextField("Facebook", null=True)
    x = models.TextField("X", null=True)
    instagram = models.TextField("Instagram", null=True)
    attribution = models.DecimalField(_("attribution"), max_digits=14, decimal_places=2, null=True)
    preferred_channel = models.TextField(_("preferred channel"), null=True)
    attrs = models.JSONField(default=dict)
    # Whether the law keeps us from working on them (`kernel.withholding`); written by triggers.
    withheld = models.SmallIntegerField(null=True, editable=False)

    class Meta:
        db_table = "contact"
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["email_key"], name="contact_email_key"),
            models.Index(fields=["-created_at", "-id"], name="contact_newest"),
            models.Index(
                fields=["id"], name="contact_withheld", condition=models.Q(withheld__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return called(self.first_name, self.last_name, self.email, self.pk)


class ContactState(models.Model):
    """What the machine writes about a contact: narrow, one row each, made with the contact."""

    contact = models.OneToOneField(
        Contact, primary_key=True, on_delete=models.CASCADE, related_name="state"
    )
    points = models.IntegerField(_("points"), default=0)
    stage_id = models.BigIntegerField(null=True)
    activity_rank = models.SmallIntegerField(_("activity rank"), null=True)
    last_active_at = models.DateTimeField(_("last active"), null=True)

    class Meta:
        db_table = "contact_state"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["points", "contact"], name="contact_state_points"),
            models.Index(fields=["activity_rank", "contact"], name="contact_state_rank"),
            models.Index(fields=["last_active_at", "contact"], name="contact_state_active"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Identifier(models.Model):
    """A value that names one contact only: an email, a mobile, a customer number."""

    pk = models.CompositePrimaryKey("kind", "value")
    # `email`, `mobile`, or the alias of a field marked unique.
    kind = models.TextField()
    value = models.TextField()
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="identifiers")

    class Meta:
        db_table = "identifier"

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class Tag(models.Model):
    """A word that people file contacts under."""

    name = models.CharField(_("name"), max_length=120)
    name_key = models.GeneratedField(
        expression=Lower(Trim("name")), output_field=models.TextField(), db_persist=True
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        db_table = "tag"
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["name_key"], name="tag_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class ContactTag(models.Model):
    """That a contact has a tag, since when."""

    pk = models.CompositePrimaryKey("contact", "tag")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        db_table = "contact_tag"

    def __str__(self) -> str:
        return f"{self.contact_id}/{self.tag_id}"
