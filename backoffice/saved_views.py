"""Saved views of a list: keeping a search with its columns under a name, and forgetting it."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.core import serializers
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from backoffice import toasts
from backoffice.lists import COLUMNS, searched, shown_columns
from backoffice.models import SavedView
from backoffice.screens import Screen
from backoffice.undo import undoes
from kernel.ids import read_id

LONGEST_NAME, LONGEST_SEARCH = 60, 8_000
UNDO = "backoffice.view"


class Views(Screen):
    """Saving a search under a name."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep a new view, or what a view of one's own shows now."""
        search = searched(request)
        mine = SavedView.objects.filter(user_id=self.user.pk, list=self.resource.key)
        view = mine.filter(pk=read_id(request.POST.get("view")) or 0).first()
        if view is None:
            name = request.POST.get("name", "").replace("\0", "").strip()[:LONGEST_NAME]
            view = SavedView(user_id=self.user.pk, list=self.resource.key, name=name or _("View"))
            view.shared = request.POST.get("shared") == "on"
        if len(search) > LONGEST_SEARCH:
            # Cut off, its filter would fall away and the view show everybody.
            toasts.tell(request, _("This search is too long to be kept."))
            return HttpResponseRedirect(self.resource.url())
        view.query = search
        asked = request.POST.get(COLUMNS)
        shown = shown_columns(self.resource, self.user, chosen=asked and asked.split(","))
        view.columns = [column.key for column in shown]
        view.save()
        toasts.tell(request, _("View “%(name)s” saved") % {"name": view.name})
        return HttpResponseRedirect(f"{self.resource.url()}?{view.query}&view={view.pk}")


class ViewGone(Screen):
    """Forgetting a view of one's own, or as keeper of the workspace one that is shared."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete it, offering to take that back; the rows it showed stay."""
        view = SavedView.removable(self.user, self.resource.key).filter(pk=pk).first()
        if view is not None:
            undo = {"key": UNDO, "view": serializers.serialize("json", [view])}
            view.delete()
            toasts.tell(request, _("View “%(name)s” removed") % {"name": view.name}, undo)
        return HttpResponseRedirect(self.resource.url())


@undoes(UNDO)
def _put_back(request: HttpRequest, document: Mapping[str, Any]) -> None:
    """Put the view back under its number; what was shared is so without its maker, too."""
    [found] = serializers.deserialize("json", document["view"])
    view: Any = found.object
    makers = get_user_model().objects.filter(pk=view.user_id or 0)
    if view.user_id and not makers.exists():
        if not view.shared:
            toasts.tell(request, _("This can no longer be undone."))
            return
        view.user_id = None
    if not SavedView.objects.filter(pk=view.pk).exists():
        found.save()
    toasts.tell(request, _("Undone"))
