"""What notes and tasks share in requests and answers."""

from typing import Any, Generic, TypeVar

from django.contrib.auth import get_user_model
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.fields import IdField, QueryFilter
from api.trail import Trail
from api.views import ResourceViews
from contacts.models import Contact
from contacts.services.merge import followed
from kernel.permissions import narrow

M = TypeVar("M", bound=Model)


class RowIdField(IdField):
    """The id of a row that another names, read without loading that row."""

    def get_attribute(self, instance: Any) -> Any:
        """Read the column."""
        return getattr(instance, f"{self.source}_id")


class UserIdField(RowIdField):
    """The id of a user."""

    def to_internal_value(self, data: Any) -> Any:
        """Read the id of an active user."""
        user = get_user_model().objects.filter(pk=super().to_internal_value(data), is_active=True)
        if (found := user.first()) is None:
            raise serializers.ValidationError(_("There is no such user."), "not_found")
        return found


class ContactIdField(RowIdField):
    """The id of a contact the caller sees."""

    def to_internal_value(self, data: Any) -> Any:
        """Read the id."""
        user = self.context["request"].user
        rows = Contact.objects.filter(pk__in=followed([super().to_internal_value(data)]))
        if (found := narrow(rows, user, "contacts", "view").first()) is None:
            raise serializers.ValidationError(_("There is no such contact."), "not_found")
        return found


class ContactFilter(QueryFilter):
    """The contact a list is about; the id of one that was merged stands for the survivor."""

    def __init__(self) -> None:
        super().__init__(IdField(), self._about)

    @staticmethod
    def _about(rows: QuerySet[Any], number: int) -> QuerySet[Any]:
        return rows.filter(contact_id__in=followed([number]))


class DeskViews(ResourceViews[M], Generic[M]):
    """Things of the desk: of the contacts one sees, and of one's own where the role says so."""

    owner = "contact__owner"

    def get_queryset(self) -> QuerySet[M]:
        """Return what is about contacts the caller sees."""
        seen = narrow(Contact.objects.all(), self.caller, "contacts", "view")
        return super().get_queryset().filter(contact__in=seen.values("pk"))

    def trail(self) -> Trail:
        """Keep no texts: they are about people, and must be forgotten with them."""
        return Trail.NAMES
