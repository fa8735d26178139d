"""The API's own description: OpenAPI for programs, a page made from it for people."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from django.utils import translation
from django.views.generic import TemplateView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from api.endpoints import ApiView
from api.reference import chapters
from api.renderers import dumps


@cache
def describe() -> dict[str, Any]:
    """Generate the OpenAPI document of every registered view, once a process."""
    from drf_spectacular.generators import SchemaGenerator

    with translation.override("en"):
        document: dict[str, Any] = SchemaGenerator().get_schema(  # type: ignore[no-untyped-call]
            request=None, public=True
        )
    return document


class Schema(ApiView):
    """OpenAPI 3.1; the same for everyone."""

    authentication_classes = []
    permission_classes = [AllowAny]
    schema = None

    def get(self, request: Request) -> HttpResponse:
        """Answer the document."""
        return HttpResponse(dumps(describe()), content_type="application/json")


class Docs(TemplateView):
    """Every call with its parameters, fields and answers; no script, nothing from elsewhere."""

    template_name = "api/docs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Group the operations by their first word."""
        document = describe()
        frame = "backoffice/frame.html" if self.request.user.is_authenticated else "api/frame.html"
        context = {"chapters": chapters(document), "document": document, "frame": frame}
        return super().get_context_data(**kwargs) | context
