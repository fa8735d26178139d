"""Puts the sender's address where everything in Django looks for it."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from kernel.origins import is_ours, sender_of

Respond = Callable[[HttpRequest], HttpResponseBase]
# What a proxy says of the sender; from anybody else it is hearsay.
HEARSAY = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED")


class TrueAddress:
    """Puts the sender's address into `REMOTE_ADDR`."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Believe the proxy if it is ours."""
        if is_ours(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = sender_of(request.META)
        else:
            for header in HEARSAY:
                request.META.pop(header, None)
        return self.get_response(request)
