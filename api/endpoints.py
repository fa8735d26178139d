"""One address of the API: refuses what it does not know, runs writes in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import idempotency, limits
from api.errors import Refused, TooLarge
from api.parsers import MAX_BODY, storable
from api.permissions import VERB_OF_METHOD
from api.trail import Trail, leave
from kernel.locks import Overtaken
from kernel.permissions import Actor

# SQLSTATE of a deadlock and of a serialisation failure, and how often they are tried again.
COLLIDED = frozenset({"40P01", "40001"})
COLLISIONS = 3


class ApiView(APIView):
    """A view with a kind of permission, known parameters and a largest body."""

    kind: ClassVar[str | None] = None
    # The right a method (or an extra action) needs, where it is not the obvious one.
    verbs: ClassVar[Mapping[str, str]] = {}
    parameters: ClassVar[Sequence[str]] = ()
    max_body: ClassVar[int] = MAX_BODY
    # Only looks, though by POST: no trail, no answer to keep.
    asks: ClassVar[bool] = False
    # Calls other systems, so in no transaction: it writes little, each by itself, and no trail.
    calls_out: bool = False
    # What there was before a change, where the view has fetched it: for the trail.
    seen: Mapping[str, Any] = {}

    @property
    def caller(self) -> Actor:
        """Who asks, with the limits of their token; views behind the gate have one."""
        return cast("Actor", self.request.user)

    @property
    def verb(self) -> str:
        """The right this request needs."""
        return self.verb_of(self.request.method or "GET")

    def verb_of(self, method: str) -> str:
        """Return the right a method needs here."""
        return self.verbs.get(method.lower()) or VERB_OF_METHOD.get(method, "edit")

    def largest(self) -> int:
        """Return how many bytes this request may have."""
        return self.max_body

    def trail(self) -> Trail:
        """Say how much of this request the audit trail keeps."""
        return Trail.NAMES

    def known_parameters(self) -> Sequence[str]:
        """Name the query parameters of this request."""
        return self.parameters

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse too much before reading it, then whom, then what."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.largest():
            raise TooLarge
        try:
            super().initial(request, *args, **kwargs)
        except (AuthenticationFailed, NotAuthenticated):
            limits.count_stranger(request)
            raise
        limits.count(request)
        if not all(storable(part) for part in kwargs.values() if isinstance(part, str)):
            raise NotFound
        self._check_parameters(request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer as the framework does, with writes inside a transaction that errors leave by."""
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(self.request, *args, **kwargs)
            response = self._respond(self.request)
        except Exception as error:  # noqa: BLE001 - the handler raises what it does not know
            response = self.handle_exception(error)
        self.response = self.finalize_response(
            self.request,
            response,  # type: ignore[arg-type]
            *args,
            **kwargs,
        )
        return self.response

    def answer_to_keep(self, data: Any) -> Any:
        """Return what of an answer may be kept, for a repeated request and in the trail.

        Its secrets are not, nor the cells of people's files.
        """
        return data

    def _respond(self, request: Request) -> HttpResponseBase:
        method = (request.method or "").lower()
        if self.calls_out:
            return self._handle(request, method)
        if method in {"get", "head"}:
            response = self._handle(request, method)
            if self.verb == "export" and isinstance(response, Response):
                leave(request, response, Trail.NAMES, {})
            return response
        for _attempt in range(COLLISIONS):
            try:
                return self._write(request, method)
            except Overtaken:
                # Nothing was written: it begins again, and sees what the quicker one wrote.
                continue
            except OperationalError as error:
                # Locks of two requests collided and the server chose this one: nothing was written.
                if getattr(error.__cause__, "pgcode", None) not in COLLIDED:
                    raise
        return self._write(request, method)

    def _write(self, request: Request, method: str) -> HttpResponseBase:
        with transaction.atomic():
            looks = self.asks or self.verb == "view"
            if method == "post" and "Idempotency-Key" in request.headers and not looks:
                response = idempotency.once(
                    request, lambda: self._handle(request, method), self.answer_to_keep
                )
            else:
                response = self._handle(request, method)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            elif isinstance(response, Response) and not looks:
                shown = Response(self.answer_to_keep(response.data))
                leave(request, shown, self.trail(), self.answer_to_keep(self.seen))
            return response

    def _handle(self, request: Request, method: str) -> HttpResponseBase:
        handler = getattr(self, method, None) if method in self.http_method_names else None
        response: HttpResponseBase = (handler or self.http_method_not_allowed)(
            request, *self.args, **self.kwargs
        )
        return response

    def _check_parameters(self, request: Request) -> None:
        known = self.known_parameters()
        for name, values in request.query_params.lists():
            if name not in known:
                raise Refused(_("This parameter is not known."), "unknown_field", name)
            if len(values) > 1:
                raise Refused(_("This parameter is given twice."), "duplicate_key", name)
            if not storable(values[0]):
                message = _("The text has a character that cannot be kept.")
                raise Refused(message, "invalid_text", name)
