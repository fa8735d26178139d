"""Errors outside the views of the API take its shape too: no page of HTML, never a trace."""

import logging
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)
PREFIX = "/api/v1/"
Respond = Callable[[HttpRequest], HttpResponseBase]
_CODES = {
    400: "invalid",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}


class ErrorShape:
    """Stands outermost, so that it also sees what other middleware answers."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Replace the body of errors that are not JSON yet."""
        response = self.get_response(request)
        if response.status_code < 400 or not request.path.startswith(PREFIX):
            return response
        if response.headers.get("Content-Type", "").startswith("application/json"):
            return response
        return _shaped(request, response.status_code)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Log what nobody expected, and answer with the number to find it by."""
        if not request.path.startswith(PREFIX):
            return None
        return _shaped(request, 500, exception)


def _shaped(
    request: HttpRequest, status: int, exception: Exception | None = None
) -> HttpResponseBase:
    if status < 500:
        problem = {"field": None, "code": _CODES.get(status, "invalid"), "message": _text(status)}
        return JsonResponse({"errors": [problem]}, status=status)
    number = uuid4().hex[:16]
    logger.error("Request %s: %s %r", number, request.method, request.path, exc_info=exception)
    message = _("Something went wrong here. Quote request %(number)s when you report it.")
    problem = {"field": None, "code": "server_error", "message": message % {"number": number}}
    response = JsonResponse({"errors": [problem], "request_id": number}, status=status)
    response["X-Request-Id"] = number
    return response


def _text(status: int) -> str:
    if status == 404:
        return _("There is nothing at this address.")
    if status == 405:
        return _("This method is not possible here.")
    if status == 403:
        return _("This is not allowed.")
    return _("This request is not valid.")
