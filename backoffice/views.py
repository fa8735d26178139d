"""Screens of the frame itself: find or do, taking a change back."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import View

from backoffice import menu, palette, recent, toasts, undo

LONGEST_TEXT = 200


class Find(LoginRequiredMixin, View):
    """The lines of the palette for a text."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Search what the user may see."""
        text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_TEXT]
        found = palette.search(request, text)
        groups = found if text else [*recent.group(request, request.GET.getlist("recent")), *found]
        return render(request, "backoffice/found.html", {"groups": groups, "text": text})


class Session(View):
    """Who is signed in now, for pages that were opened before."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer whose session it is, and the token of its forms."""
        answer = JsonResponse({"user": str(request.user.pk or ""), "token": get_token(request)})
        add_never_cache_headers(answer)
        return answer


class Settings(LoginRequiredMixin, View):
    """The first of the settings that the user may open."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead there."""
        settings_place = menu.Menu(request).settings
        return HttpResponseRedirect(settings_place.url if settings_place else "/")


class TakeBack(LoginRequiredMixin, View):
    """Take a change back, while its news still offers it."""

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Hand the token to whoever made it; rows are locked until all of it is done."""
        document = toasts.unsealed(request)
        if document is None:
            toasts.tell(request, _("This can no longer be undone."))
        else:
            undo.take_back(request, document)
        back = request.META.get("HTTP_REFERER", "")
        safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
        return HttpResponseRedirect(back if safe else "/")
