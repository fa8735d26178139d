"""Writing JSON: quickly, decimals exactly, instants in UTC to the millisecond."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from kernel import clock, masking
from kernel.documents import fitting

_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def dumps(document: Any, *, options: int = 0) -> bytes:
    """Encode a document as the API answers it."""
    try:
        return orjson.dumps(document, default=_default, option=_OPTIONS | options)
    except TypeError:
        return orjson.dumps(fitting(document), default=_default, option=_OPTIONS | options)


def _default(value: object) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    if isinstance(value, datetime):
        return clock.iso(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class JSONRenderer(BaseRenderer):
    """The only representation there is."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the body, without conditions its reader may not see; empty for nothing."""
        if data is None:
            return b""
        written = dumps(data)
        return dumps(masking.masked(data)) if masking.may_tell(written) else written


class AlwaysJSON(BaseContentNegotiation):
    """Answers JSON whatever `Accept` says; parsers go by `Content-Type` alone."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """Return the parser of the request's media type."""
        media_type = (request.content_type or "").split(";")[0].strip().lower()
        return next((p for p in parsers if p.media_type == media_type), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the first renderer."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type
