"""The end of one thing: refused where others use it, undone where nothing else was lost."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from backoffice import toasts, trash
from backoffice.resource import called
from backoffice.screens import Screen, leave_trail
from kernel import clock, usage
from kernel.trail import Deed


class Delete(Screen):
    """The end of one; what others use is kept, and said by whom."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete it, offering to take that back where nothing else was lost."""
        self.resource.hold(pk)
        row = self.item(pk, "delete", lock=True)
        name, named, undo = self.resource.name(row), self.resource.named(row), None
        if refusal := self.resource.refusal(row, self.user):
            toasts.tell(request, refusal)
            return HttpResponseRedirect(self.resource.url("item", pk))
        words = self.resource.typed_to_delete(row)
        if words and _bare(request.POST.get("typed", "")) not in map(_bare, words):
            toasts.tell(
                request, _("Not deleted: what was typed is not “%(name)s”.") % {"name": name}
            )
            return HttpResponseRedirect(self.resource.url("item", pk))
        try:
            why = self.resource.why_deleted(request)
        except ValidationError as missing:
            toasts.tell(request, str(missing.message))
            return HttpResponseRedirect(self.resource.url("item", pk))
        if self.resource.restorable:
            undo = trash.wrapped(self.resource, row)
        before = self.resource.told(row)
        try:
            self.resource.delete(row, clock.now())
        except usage.InUse as error:
            toasts.tell(request, error.said(self.user, called))
            return HttpResponseRedirect(f"{self.resource.url('item', pk)}?tab=uses")
        deed = Deed(self.resource.kind, "delete", object=pk, name=named, before=before, after=why)
        leave_trail(request, deed)
        toasts.tell(request, self.resource.farewell(pk, name), undo)
        return HttpResponseRedirect(self.resource.url())


def _bare(text: str) -> str:
    """Nobody has to get capitals and spaces right."""
    return "".join(text.split()).casefold()
