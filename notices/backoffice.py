"""The bell of the top bar, and the page of all one was told."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from backoffice import toasts, topbar
from kernel import clock
from kernel.ids import read_id
from notices.models import Notice
from notices.services import reading

PAGE, LATEST = 50, 8


class OfOne(LoginRequiredMixin, View):
    """What is of whoever is signed in alone; a part asked for after that changes nothing."""

    @property
    def user(self) -> Any:
        """Who looks."""
        return self.request.user

    def handle_no_permission(self) -> Any:
        """Leave a page alone whose session ended: what is typed in it stays."""
        if "HX-Request" in self.request.headers:
            return HttpResponse(status=204)
        return super().handle_no_permission()


class Notices(OfOne):
    """All of them, the newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page; `state=unread` narrows it, `before` goes on."""
        rows, unread = reading.own(self.user), request.GET.get("state") == "unread"
        if unread:
            rows = rows.filter(read_at__isnull=True)
        if before := read_id(request.GET.get("before", "")):
            rows = rows.filter(pk__lt=before)
        found = list(rows[: PAGE + 1])
        older = {"before": str(found[PAGE - 1].pk)} if len(found) > PAGE else {}
        if older and unread:
            older["state"] = "unread"
        context = {
            "notices": found[:PAGE],
            "unread": unread,
            "left": reading.unread(self.user),
            "older": urlencode(older),
        }
        return render(request, "notices/list.html", context)


class Latest(OfOne):
    """The newest few, for the menu of the bell."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw them as lines."""
        found = list(reading.own(self.user)[:LATEST])
        return render(request, "notices/latest.html", {"notices": found})


class Count(OfOne):
    """How many are unread: what the bell asks once a minute."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw the sign of the bell."""
        return HttpResponse(_sign(request))


class Open(OfOne):
    """Where a notice leads."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that it was read, and lead there."""
        row = _find(self.user, pk)
        reading.read(self.user, clock.now(), [row.pk])
        # Paths are ours, but a redirect is judged where it is made.
        known = row.path and url_has_allowed_host_and_scheme(row.path, None)
        return HttpResponseRedirect(row.path if known else reverse("notices"))


class Mark(OfOne):
    """Read, or unread again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note it, and go back to the list."""
        row = _find(self.user, pk)
        if request.POST.get("act") == "unread":
            reading.unread_again(self.user, [row.pk])
        else:
            reading.read(self.user, clock.now(), [row.pk])
        return _back(request)


class MarkAll(OfOne):
    """All read."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Note it, and go back."""
        done = reading.read(self.user, clock.now())
        text = ngettext("%(count)d notice read", "%(count)d notices read", done)
        toasts.tell(request, text % {"count": done} if done else _("Nothing was unread."))
        return _back(request)


def _find(user: Any, pk: int) -> Notice:
    row = reading.own(user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _back(request: HttpRequest) -> HttpResponse:
    """Go back to the list as it was narrowed."""
    unread = request.POST.get("state") == "unread"
    return HttpResponseRedirect(reverse("notices") + ("?state=unread" if unread else ""))


def _sign(request: HttpRequest) -> SafeString:
    unread = reading.unread(request.user)
    most = reading.MOST_COUNTED
    shown = f"{most}+" if unread > most else str(unread)
    context = {"unread": unread, "shown": shown}
    return SafeString(render_to_string("notices/sign.html", context, request))


@topbar.draws
def bell(request: HttpRequest) -> SafeString:
    """Draw the bell with how many are unread."""
    context = {"sign": _sign(request)}
    return SafeString(render_to_string("notices/bell.html", context, request))


urlpatterns = [
    path("notices", Notices.as_view(), name="notices"),
    path("notices/count", Count.as_view(), name="notices-count"),
    path("notices/latest", Latest.as_view(), name="notices-latest"),
    path("notices/read", MarkAll.as_view(), name="notices-read"),
    path("notices/<int:pk>/open", Open.as_view(), name="notices-open"),
    path("notices/<int:pk>/mark", Mark.as_view(), name="notices-mark"),
]
