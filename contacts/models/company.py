"""Companies, who else belongs to them than by the primary one, and which became which."""

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Lower, Trim
from django.utils.translation import gettext_lazy as _

from kernel.models import Editable, Owned, Stamped


class Company(Stamped, Owned, Editable):
    """An organisation that contacts belong to; its fields but the name lie in `attrs`."""

    name = models.TextField(_("name"))
    name_key = models.GeneratedField(
        expression=Lower(Trim("name")), output_field=models.TextField(), db_persist=True
    )
    attrs = models.JSONField(default=dict)
    # Kept by the database, since rows are also made by statements that do not name it.
    score = models.IntegerField(_("score"), default=0, db_default=0)

    class Meta:
        db_table = "company"
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["name_key"], name="company_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class CompanyPerson(models.Model):
    """That a contact belongs to a company as well, and as what.

    The primary company is `contact.company`; it has a row here only where it was linked by hand,
    and then stays when another company becomes the primary one.
    """

    pk = models.CompositePrimaryKey("contact", "company")
    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(_("role"), max_length=120, default="")
    since = models.DateTimeField()

    class Meta:
        db_table = "company_person"

    def __str__(self) -> str:
        return f"{self.contact_id}/{self.company_id}"


class CompanyIdentifier(models.Model):
    """A value that names one company only: of a unique field, in the form it is compared in."""

    pk = models.CompositePrimaryKey("kind", "value")
    # The alias of the field.
    kind = models.TextField()
    value = models.TextField()
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    # It was a merged company's: it leads to whom that became part of, until somebody takes it.
    former = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "company_identifier"

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class CompanyTrace(models.Model):
    """That a company became part of another one: its id and its name lead there."""

    loser_id = models.BigIntegerField(primary_key=True)
    survivor = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    name = models.TextField()
    # NULL once another company was given the name.
    name_key = models.TextField(null=True, unique=True)
    at = models.DateTimeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Values by alias that neither company holds any more.
    lost = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        db_table = "company_trace"

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.survivor_id}"
