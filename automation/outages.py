"""What is answered when an error met nobody who knows it, as in the session's middleware."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.views import defaults

from api import errors
from api.middleware import PREFIX


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 for what passes in a moment, else 500; a page asks the database for nothing."""
    kind = errors.outage(sys.exc_info()[1])
    if kind is None:
        return defaults.server_error(request)
    if request.path.startswith(PREFIX):
        return errors.away(kind)
    context = {
        "slow": kind is errors.TooSlow,
        "busy": kind is errors.Busy,
        "sentence": kind.default_detail,
    }
    page = get_template("503.html").render(context)
    return HttpResponse(page, status=503, headers={"Retry-After": str(kind.wait)})
