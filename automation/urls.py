"""Addresses: every local app brings its own, found by the name of the module."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from automation import health
from kernel.addresses import by_first_word

type_of_urls = list[URLPattern | URLResolver]


def find_urls(module: str) -> type_of_urls:
    """Collect `urlpatterns` of each local app's module, where there is one."""
    found: type_of_urls = []
    for app in settings.LOCAL_APPS:
        name = f"{app}.{module}"
        if find_spec(name):
            found += getattr(import_module(name), "urlpatterns", [])
    return found


urlpatterns: type_of_urls = [
    # Browsers ask for it wherever a page names no icon, such as a mail's own.
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}img/mark.svg")),
    path("health/live", health.live),
    path("health/ready", health.ready),
    *find_urls("public"),
    path("api/", include("api.urls")),
    *by_first_word(find_urls("backoffice")),
    path("", include("backoffice.urls")),
]
handler400 = "automation.strays.senseless"
handler403 = "automation.strays.forbidden"
handler404 = "automation.strays.not_found"
handler500 = "automation.outages.server_error"
