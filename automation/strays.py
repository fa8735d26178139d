"""What is answered where there is nothing: a slash too many is taken away, else a page says so."""

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.encoding import escape_uri_path
from django.views import defaults

API = "/api/"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Lead screens on to their address, show the menu to whoever is signed in."""
    if request.path.startswith(API):
        return defaults.page_not_found(request, exception)
    if better := _without_slash(request):
        return HttpResponsePermanentRedirect(better)
    match = request.resolver_match
    if (match is None or _is_screen(match)) and _is_signed_in(request):
        return render(request, "backoffice/nothing.html", status=404)
    return defaults.page_not_found(request, exception)


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
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
