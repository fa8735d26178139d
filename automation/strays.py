"""What is answered where nothing can be shown: a page says why, a slash too many is taken away."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext_lazy as _
from django.views import defaults

API = "/api/"


class End(NamedTuple):
    """What a page in the back office says; strangers read the template of that number."""

    title: Any
    lead: Any
    icon: str


NOTHING = End(
    _("There is nothing here"),
    _("The address may be misspelt, or what was here is gone."),
    "search",
)
ENDS: Mapping[int, End] = {
    400: End(_("This request makes no sense"), _("Go back and try again."), "alert-circle"),
    403: End(
        _("This is not for you"),
        _("Your role does not allow this. An administrator can change that."),
        "lock",
    ),
    404: NOTHING,
    405: NOTHING,
    413: End(
        _("That was too much at once"),
        _("A page sends 10 MB at most. Go back and send less."),
        "alert-circle",
    ),
}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Lead screens on to their address, show the menu to whoever is signed in."""
    if not request.path.startswith(API) and (better := _without_slash(request)):
        return HttpResponsePermanentRedirect(better)
    return _page(request, 404) or defaults.page_not_found(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say within the frame that a right is missing."""
    return _page(request, 403) or defaults.permission_denied(request, exception)


def senseless(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Tell too large a form from one that nobody understands."""
    if isinstance(exception, RequestDataTooBig):
        return _page(request, 413) or render(request, "413.html", status=413)
    return _page(request, 400) or defaults.bad_request(request, exception)


class OnlyForms:
    """Shows a page where an address takes only what a form sends: Django answers nothing at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as where nothing is, since nothing is there to be read."""
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or request.path.startswith(API):
            return response
        page = _page(request, 405) or render(request, "404.html", status=405)
        page["Allow"] = response.get("Allow", "")
        return page


def _page(request: HttpRequest, status: int) -> HttpResponse | None:
    """Return the page with the menu, where one is signed in and at a screen, or nowhere."""
    match = request.resolver_match
    at_screen = not request.path.startswith(API) and (match is None or _is_screen(match))
    if not at_screen or not _is_signed_in(request):
        return None
    return render(request, "backoffice/dead_end.html", {"end": ENDS[status]}, status=status)


def _without_slash(request: HttpRequest) -> str:
    """Return the address of the screen that is meant, if there is one."""
    bare = request.path.rstrip("/")
    if request.method not in {"GET", "HEAD"} or bare == request.path or bare.startswith("//"):
        return ""
    try:
        match = resolve(bare)
    except Resolver404:
        return ""
    query = request.META.get("QUERY_STRING", "")
    address = escape_uri_path(bare) + (f"?{query}" if query else "")
    return address if _is_screen(match) else ""


def _is_screen(match: ResolverMatch) -> bool:
    view = getattr(match.func, "view_class", None)
    return bool(view and issubclass(view, LoginRequiredMixin))


def _is_signed_in(request: HttpRequest) -> bool:
    """Ask for the user only where there is a session: pixels and clicks have none."""
    user = getattr(request, "user", None)
    return bool(settings.SESSION_COOKIE_NAME in request.COOKIES and user and user.is_authenticated)
