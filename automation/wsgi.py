"""The web application for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from automation.bodies import MeasuredBodies
from automation.celery import app as celery_app

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automation.settings")

# Hints of requests reach the broker through the Celery application, so it must be loaded here.
__all__ = ["application", "celery_app"]

application = MeasuredBodies(get_wsgi_application())
