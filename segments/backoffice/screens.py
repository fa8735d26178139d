"""What else can be done with a segment."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from backoffice import toasts
from backoffice.screens import Screen
from kernel import clock, jobs
from kernel.queues import hint_on_commit
from segments.models import Segment
from segments.services import auditing, building


class Rebuild(Screen):
    """Comparing everybody with the filter now."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for it; a worker does it at once."""
        segment = self.item(pk, "edit")
        if segment.is_dynamic:
            if segment.state != Segment.State.READY:
                building.request([segment.pk])
            args = {"segments": [segment.pk]}
            jobs.enqueue(auditing.REBUILD, args, now=clock.now(), user_id=self.user.pk)
            hint_on_commit("kernel.jobs")
            toasts.tell(request, _("“%(name)s” is built anew") % {"name": segment.name})
        return HttpResponseRedirect(self.resource.url("item", pk))
