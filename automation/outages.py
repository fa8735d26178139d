"""What is answered when an error met nobody who knows it, as in the session's middleware."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.views import defaults

from api import errors
from api.middleware import PREFIX


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the database is away, else 500; a page asks the database for nothing."""
    if not errors.is_away(sys.exc_info()[1]):
        return defaults.server_error(request)
    if request.path.startswith(PREFIX):
        return errors.away()
    headers = {"Retry-After": str(errors.Away.wait)}
    return HttpResponse(get_template("503.html").render(), status=503, headers=headers)
