"""What users chose for themselves: saved views of lists, and small settings such as columns."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.permissions import Reach


def shared_stay(collector: Any, field: Any, views: "QuerySet[SavedView]", using: str) -> None:
    """Let what somebody shared outlive them; their own views go with them."""
    models.SET_NULL(collector, field, views.filter(shared=True), using)
    models.CASCADE(collector, field, views.filter(shared=False), using)


class SavedView(models.Model):
    """A search of a list and its columns under a name, for its maker or for everybody."""

    # Of a shared view whose maker is gone, none.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=shared_stay, related_name="+"
    )
    # The key of the list.
    list = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=60)
    # The query of the address, without places in the list.
    query = models.CharField(max_length=8000, blank=True, default="")
    # The keys of its columns; of a view that keeps none, everybody sees those they chose.
    columns = models.JSONField(null=True)
    shared = models.BooleanField(_("shared with everybody"), default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "saved_view"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["list", "user"], name="saved_view_list")
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def removable(cls, user: Any, key: str) -> "QuerySet[SavedView]":
        """Return the views of a list that a user may remove: their own, and as keeper shared ones.

        Keeper of what is everybody's is whoever changes the settings of the workspace.
        """
        keeps = user.reach("preferences", "edit") is Reach.ALL
        mine = Q(user_id=user.pk) | Q(shared=True) if keeps else Q(user_id=user.pk)
        return cls.objects.filter(mine, list=key)

    @classmethod
    def of(cls, user: Any, key: str) -> "QuerySet[SavedView]":
        """Return the views of a list that a user sees, the oldest first."""
        mine = Q(user_id=user.pk) | Q(shared=True)
        return cls.objects.filter(mine, list=key).order_by("pk")


class UserChoice(models.Model):
    """A small thing a user set for themselves, such as the columns of a list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    value = models.JSONField()

    class Meta:
        db_table = "user_choice"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "key"], name="user_choice_once")
        ]

    def __str__(self) -> str:
        return self.key

    @classmethod
    def get(cls, user: Any, key: str, default: Any = None) -> Any:
        """Return what a user chose, or the default."""
        found = cls.objects.filter(user_id=user.pk, key=key).values_list("value", flat=True).first()
        return default if found is None else found

    @classmethod
    def put(cls, user: Any, key: str, value: Any) -> None:
        """Remember what a user chose."""
        cls.objects.update_or_create(user_id=user.pk, key=key, defaults={"value": value})
