"""Ready-made segments on screen: offered where one begins, made with a click; and portraits."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice import toasts
from backoffice.screens import Screen, leave_trail
from kernel import clock
from kernel.permissions import Reach
from kernel.queues import hint_on_commit
from kernel.trail import Deed
from segments.models import Segment
from segments.services import readymade
from segments.services.readymade import ReadyMade


def offered(user: Any) -> Sequence[ReadyMade]:
    """Return what a user may make with a click."""
    return [] if user.reach("segments", "create") is Reach.NONE else readymade.left()


def portrait(row: Segment, size: str = "") -> SafeString | str:
    """Show the drawn face of a persona."""
    if not (row.persona and row.portrait):
        return ""
    address = static(f"img/portraits/{row.portrait}.svg")
    return format_html('<img class="avatar {}" src="{}" alt="">', size, address)


class Make(Screen):
    """Making a ready-made segment."""

    @transaction.atomic
    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        """Make it once; a worker builds it at once."""
        if key not in readymade.READY:
            raise Http404
        try:
            made = readymade.make(key, user=self.user, now=clock.now())
        except readymade.MadeAlready:
            toasts.tell(request, _("There is a segment of this kind already."))
            return HttpResponseRedirect(self.resource.url())
        told = self.resource.told(made)
        leave_trail(request, Deed("segments", "create", object=made.pk, name=made.name, after=told))
        hint_on_commit("kernel.jobs")
        toasts.tell(request, _("“%(name)s” saved") % {"name": made.name})
        return HttpResponseRedirect(self.resource.url("item", made.pk))
