"""An empty Django view with the settings of the product, with and without its middleware."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automation.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


def empty(request: HttpRequest) -> HttpResponse:
    """Answer nothing."""
    return HttpResponse(status=204, headers={"Content-Length": "0"})


def alive(request: HttpRequest) -> HttpResponse:
    """Say that the server runs."""
    return HttpResponse("{}", headers={"Content-Length": "2"})


urlpatterns = [path("health/live", alive), path("empty", empty)]
settings.ROOT_URLCONF = "tests.bench.by_hand.tracking"
if os.environ.get("BENCH_BARE"):
    settings.MIDDLEWARE = []
application = WSGIHandler()
