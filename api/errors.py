"""One shape for every error: `{"errors": [{"field", "code", "message"}]}`."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, JsonResponse, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from psycopg2.errors import QueryCanceled
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied, ValidationError
from rest_framework.response import Response

from kernel.locks import Overtaken
from kernel.registry import ConfigProblem
from kernel.usage import InUse

logger = logging.getLogger(__name__)
UNIQUE_VIOLATION = "23505"
FOREIGN_KEY_VIOLATION = "23503"


class Problem(TypedDict):
    """One thing that is wrong; `field` is a dotted path, or None for the whole request."""

    field: str | None
    code: str
    message: str


class Refused(APIException):
    """A request that cannot be taken, with the place: 400 unless a subclass says more."""

    status_code: int = status.HTTP_400_BAD_REQUEST
    default_detail = _("This request is not valid.")
    default_code = "invalid"

    def __init__(
        self, message: Any = None, code: str | None = None, field: str | None = None
    ) -> None:
        super().__init__(message, code)
        self.field = field


class TooLarge(Refused):
    """The body is larger than what this address takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The request is larger than allowed.")
    default_code = "too_large"


class Away(Refused):
    """The database is not there, or too busy: the same request may succeed in a moment."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = _("The database does not answer just now. Try again in a moment.")
    default_code = "unavailable"
    wait = 5


class TooSlow(Away):
    """What was asked takes longer than anybody waits; the database is well."""

    default_detail = _("This takes too long to answer. Ask for less, or try again later.")
    default_code = "too_slow"
    wait = 30


class Busy(Away):
    """Others changed the same things each time it was tried; nothing was written."""

    default_detail = _("Others are changing the same things just now. Try again in a moment.")
    default_code = "busy"


class Conflict(Refused):
    """The state of things does not allow this now."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("This conflicts with what is there.")
    default_code = "conflict"


class Unprocessable(Refused):
    """Well-formed, but contradicting an earlier request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "unprocessable"


class Stale(Conflict):
    """An edit of a version that is no longer the current one; answers with the current one."""

    default_detail = _("Someone changed this in the meantime.")
    default_code = "stale_version"

    def __init__(self, current: Any) -> None:
        super().__init__(field="version")
        self.current = current


def problem(message: Any, code: str = "invalid", field: str | None = None) -> Problem:
    """Build one entry of the answer."""
    return {"field": field or None, "code": code, "message": str(message)}


def _with_place(found: Mapping[str, Any]) -> dict[str, Any]:
    """Keep line and column where the fault is inside a text."""
    place = {key: found[key] for key in ("line", "column") if key in found}
    return {**problem(found["message"], found["code"], found["field"]), **place}


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer a known error; None lets an unknown one become a 500 with its request id only."""
    if isinstance(error, ConfigProblem):
        problems = [_with_place(p) for p in error.problems]
        return Response({"errors": problems}, status=status.HTTP_400_BAD_REQUEST)
    if isinstance(error, InUse):
        error = Conflict(error.said(context["request"].user), "in_use")
    known = error if isinstance(error, APIException) else _translate(error)
    if known is None:
        return None
    body: dict[str, Any] = {"errors": list(problems_of(known))}
    if isinstance(known, Stale):
        body["current"] = known.current
    return Response(body, status=known.status_code, headers=_headers(known))


def problems_of(error: APIException) -> Iterator[Problem]:
    """Flatten an error of the framework, however deep."""
    if isinstance(error, Refused):
        yield problem(error.detail, str(error.get_codes()), error.field)
    else:
        yield from flatten(error.detail)


def flatten(detail: Any, path: str = "") -> Iterator[Problem]:
    """Walk nested error details; keys and positions join into a dotted path."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            inner = path if key == "non_field_errors" else _join(path, key)
            yield from flatten(value, inner)
    elif isinstance(detail, list):
        for position, value in enumerate(detail):
            nested = isinstance(value, (Mapping, list))
            yield from flatten(value, _join(path, position) if nested else path)
    else:
        yield problem(detail, getattr(detail, "code", None) or "invalid", path)


def _join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _headers(error: APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _translate(error: Exception) -> APIException | None:
    """Turn what Django and the database raise for bad input into an answer."""
    if isinstance(error, Http404):
        return NotFound()
    if isinstance(error, DjangoPermissionDenied):
        return PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, (SuspiciousOperation, UnreadablePostError)):
        return Refused()
    if isinstance(error, DjangoValidationError):
        return ValidationError(detail=_validation_detail(error))
    if isinstance(error, (ProtectedError, RestrictedError)):
        return Conflict(_("This is in use. Remove it there first."), "in_use")
    return _translate_database(error)


def _validation_detail(error: DjangoValidationError) -> Any:
    from rest_framework.fields import get_error_detail

    return get_error_detail(error)


def outage(error: BaseException | None) -> type[Away] | None:
    """Say which answer an error is that passes: away, only too slow, or others were quicker."""
    if isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled):
        return TooSlow
    if isinstance(error, Overtaken):
        return Busy
    return Away if isinstance(error, (OperationalError, InterfaceError)) else None


def away(kind: type[Away]) -> JsonResponse:
    """Answer outside the views as they do while the database does not answer."""
    body = {"errors": [problem(kind.default_detail, kind.default_code)]}
    return JsonResponse(body, status=kind.status_code, headers={"Retry-After": str(kind.wait)})


def _translate_database(error: Exception) -> APIException | None:
    if kind := outage(error):
        logger.warning("The database does not answer in time: %s", error)
        return kind()
    if isinstance(error, IntegrityError):
        state = getattr(error.__cause__, "pgcode", None)
        if state == UNIQUE_VIOLATION:
            return Conflict(_("This exists already."), "already_exists")
        if state == FOREIGN_KEY_VIOLATION:
            return Conflict(_("This refers to something that is gone, or is in use."), "in_use")
    if isinstance(error, DataError):
        # A value the database cannot hold got past validation: the caller's input, our gap.
        logger.error("The database refused a value", exc_info=error)
        return Refused(_("A value is out of range."))
    return None
