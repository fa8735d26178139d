"""The API's own description: OpenAPI for programs, a page for people."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from api.endpoints import ApiView
from api.renderers import dumps


def describe() -> dict[str, Any]:
    """Generate the OpenAPI document of every registered view."""
    from drf_spectacular.generators import SchemaGenerator

    document: dict[str, Any] = SchemaGenerator().get_schema(  # type: ignore[no-untyped-call]
        request=None, public=True
    )
    return document


@cache
def _written() -> bytes:
    return dumps(describe())


class Schema(ApiView):
    """OpenAPI 3.1; the same for everyone, so made once a process."""

    authentication_classes = []
    permission_classes = [AllowAny]
    schema = None

    def get(self, request: Request) -> HttpResponse:
        """Answer the document."""
        return HttpResponse(_written(), content_type="application/json")
