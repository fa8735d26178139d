"""`categories` and `labels`: what items of every kind are filed under."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Refused
from api.fields import QueryFilter
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from filing.services import folders
from kernel import clock
from kernel.filing import CATEGORY, LABEL
from kernel.models import Folder


class FolderSerializer(ModelSerializer[Folder]):
    """A category or a label."""

    kind = serializers.CharField(
        allow_blank=True,
        required=False,
        max_length=40,
        help_text=_lazy("The kind of item it is for (`email`); empty: every kind."),
    )
    name = serializers.CharField(max_length=folders.LONGEST)
    _of_page: dict[int, int] | None = None
    items = serializers.SerializerMethodField(help_text=_lazy("How many are filed under it."))

    class Meta:
        model = Folder
        fields: ClassVar = [
            "id",
            "name",
            "kind",
            "colour",
            "items",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields: ClassVar = ["items", "created_at", "updated_at"]

    def get_items(self, row: Folder) -> int:
        """Count them; of a page in one statement."""
        return self._counted().get(row.pk, 0)

    def _counted(self) -> dict[int, int]:
        if self._of_page is None:
            rows: Any = self.parent.instance if self.parent is not None else [self.instance]
            self._of_page = folders.filed_under(row.pk for row in rows)
        return self._of_page


class FolderViews(ResourceViews[Folder]):
    """What both have in common."""

    kind = "categories"
    owner = None
    serializer_class = FolderSerializer
    sorts = ("name", "created_at")
    filters: ClassVar = {
        "name": QueryFilter(serializers.CharField(), "name__iexact"),
        "kind": QueryFilter(serializers.CharField(allow_blank=True), "kind"),
    }
    sort: ClassVar[str] = ""

    def known_parameters(self) -> Any:
        """A deletion says what becomes of what is filed here."""
        known = super().known_parameters()
        return ("move_to", "take_off") if self.action == "destroy" else known

    def create_one(self, values: dict[str, Any]) -> Folder:
        """Make it."""
        return folders.save(Folder(sort=self.sort), values, clock.now())

    def change_one(self, row: Folder, values: dict[str, Any]) -> Folder:
        """Change it."""
        return folders.save(row, values, clock.now())

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete it: 409 while items are filed here, unless `move_to` or `take_off` is given."""
        row, asked = self.get_object(), request.query_params
        off = asked.get("take_off", "false")
        if off not in {"true", "false"} or ("move_to" in asked and off == "true"):
            raise Refused(_("True or false is expected."), "invalid", "take_off")
        if "move_to" in asked or off == "true":
            folders.empty(row, asked.get("move_to") or folders.OFF)
        folders.delete(row)
        return Response(status=204)


@resource("categories")
class CategoryViews(FolderViews):
    """Categories: an item has one at most."""

    sort = CATEGORY
    queryset = Folder.objects.filter(sort=CATEGORY)


@resource("labels")
class LabelViews(FolderViews):
    """Labels: an item may have several."""

    sort = LABEL
    queryset = Folder.objects.filter(sort=LABEL)
