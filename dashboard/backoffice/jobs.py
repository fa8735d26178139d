"""Long work: the lines of the top bar, the list, and stopping one's own."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from backoffice import announcing, toasts
from backoffice.columns import number
from backoffice.screens import leave_trail
from dashboard.services import jobs, places
from kernel import clock
from kernel.models import Job
from kernel.trail import Deed

MOST = 50
# htmx takes this for: show it, and ask no more.
NO_MORE = 286


class Jobs(LoginRequiredMixin, View):
    """What runs and what ran for a user."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the newest."""
        user: Any = request.user
        found = jobs.latest(user, clock.now(), MOST)
        busy = any(job.state in jobs.OPEN for job in found)
        part = request.headers.get("HX-Target") == "jobs-list"
        page = "dashboard/jobs_list.html" if part else "dashboard/jobs.html"
        return render(request, page, {"jobs": found, "busy": busy})


class Open(LoginRequiredMixin, View):
    """What runs now, for the top bar."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw the button, or its lines alone, which ask again only while something runs."""
        user: Any = request.user
        now = clock.now()
        for ended in jobs.shown(announcing.over(request), now):
            if news := _news(request, ended):
                toasts.tell(request, news)
        found = jobs.open_now(user, now)
        if "lines" not in request.GET:
            return render(request, "dashboard/running.html", {"running": found})
        status = 200 if found else NO_MORE
        return render(request, "dashboard/running_lines.html", {"running": found}, status=status)


def _news(request: HttpRequest, job: jobs.Shown) -> str:
    """Say how it ended; nothing where the user stopped it."""
    if job.state == Job.State.FAILED:
        text, act, url = _("%(name)s: failed"), _("See why"), places.at("jobs")
    elif job.state == Job.State.DONE:
        text = ngettext(
            "%(name)s: done for %(count)s contact",
            "%(name)s: done for %(count)s contacts",
            job.done,
        )
        act, url = _("Show"), _list_of(request)
    else:
        return ""
    said = text % {"name": job.name, "count": number(job.done)}
    return format_html('{} <a href="{}">{}</a>', said, url, act)


def _list_of(request: HttpRequest) -> str:
    """Return the list of contacts, as it is looked at where that is the page one is on."""
    at = urlsplit(request.headers.get("HX-Current-URL", ""))
    everybody = places.at("contacts")
    return f"{everybody}?{at.query}" if at.path == everybody and at.query else everybody


class Stop(LoginRequiredMixin, View):
    """Stop a job of one's own."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is written stays."""
        user: Any = request.user
        if not Job.objects.filter(pk=pk, user_id=user.pk).exists():
            raise Http404
        stopped = jobs.stop(user, pk, clock.now())
        if stopped:
            leave_trail(request, Deed("jobs", "cancel", object=pk))
        toasts.tell(request, _("Stopped.") if stopped else _("It was over already."))
        return HttpResponseRedirect(places.at("jobs"))
