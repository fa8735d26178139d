"""The web application for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from automation.bodies import MeasuredBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automation.settings")

application = MeasuredBodies(get_wsgi_application())
