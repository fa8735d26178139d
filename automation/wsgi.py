"""The web application for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from automation.bodies import MeasuredBodies
from automation.celery import app as celery_app

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automation.settings")

# Hints of requests reach the broker through the Celery application, so it must be loaded here.
__all__ = ["application", "celery_app"]


def _whole() -> MeasuredBodies:
    django = get_wsgi_application()
    from django.urls import get_resolver

    from kernel.quick import QuickFirst

    # Addresses bring the quick views along, so they are loaded before the first request.
    get_resolver().url_patterns  # noqa: B018
    return MeasuredBodies(QuickFirst(django))


application = _whole()
