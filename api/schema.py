"""How views describe themselves in OpenAPI: the shapes that the contract gives all of them."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter
from rest_framework.pagination import BasePagination

from api.lists import ListView

ERRORS: dict[str, Any] = {
    "type": "object",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": ["string", "null"], "description": "Dotted path."},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        }
    },
    "example": {
        "errors": [
            {"field": "nickname", "code": "unknown_field", "message": "This field is not known."}
        ]
    },
}
SENTENCES = {
    "list": "List {many}.",
    "create": "Create a new {one}.",
    "retrieve": "Read one {one}.",
    "partial_update": "Change one {one}.",
    "destroy": "Delete one {one}.",
}
MEANINGS = {
    "400": "The request is not valid.",
    "401": "No valid token.",
    "403": "Role or token do not allow this.",
    "404": "There is no such object, or you may not see it.",
    "409": "It conflicts with what is there; a stale `version` answers with `current`.",
    "413": "The body is larger than 10 MB.",
    "415": "The body is not JSON.",
    "422": "The `Idempotency-Key` was used for another request.",
    "429": "Too many requests; wait `Retry-After` seconds.",
}


class _ListShape(BasePagination):
    """Describes pages; `api.paging` makes them."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": ["string", "null"], "description": "Cursor of the next page."},
                "estimate": {"type": "integer", "description": "With `estimate=true`."},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return []


class ContractSchema(AutoSchema):
    """Adds paging, filters, keys and errors, which no view spells out."""

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Name the one way in."""
        open_to_all = not getattr(self.view, "authentication_classes", True)
        return [] if open_to_all else [{"bearer": []}]

    def get_description(self) -> str:  # type: ignore[override]
        """Say what the plain actions do to this kind of item; others have their own words."""
        sentence = SENTENCES.get(getattr(self.view, "action", None) or "")
        model = getattr(getattr(self.view, "queryset", None), "model", None)
        if sentence is None or model is None:
            return str(super().get_description())
        return sentence.format(one=model._meta.verbose_name, many=model._meta.verbose_name_plural)

    def get_request_serializer(self) -> Any:
        """Extra actions take no body unless they say so; the resource's own would be wrong."""
        action = getattr(self.view, "action", None)
        return None if action and action not in SENTENCES else super().get_request_serializer()

    def get_tags(self) -> list[str]:
        """Group by the first word of the path."""
        return [_tag(self.path)]

    def get_override_parameters(self) -> list[Any]:
        """Describe query parameters and the key of repeated requests."""
        parameters: list[OpenApiParameter] = []
        view = self.view
        if self._is_list() and isinstance(view, ListView):
            parameters = _paging(view) + _filters(view)
        if self.method == "POST":
            parameters.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    str,
                    OpenApiParameter.HEADER,
                    description="Repeats within 24 hours have one effect and one answer.",
                )
            )
        return parameters

    def get_operation(self, *arguments: Any) -> dict[str, Any] | None:
        """Add the errors that any request may meet."""
        operation: dict[str, Any] | None = super().get_operation(*arguments)
        if operation is not None:
            body = {"application/json": {"schema": self._error_component().ref}}
            for status in self._possible_errors():
                answer = {"description": MEANINGS[status], "content": body}
                operation["responses"].setdefault(status, answer)
        return operation

    def _get_paginator(self) -> BasePagination | None:
        return _ListShape() if self._is_list() else None

    def _is_list_view(self, serializer: Any = None) -> bool:
        return self._is_list() or bool(super()._is_list_view(serializer))

    def _is_list(self) -> bool:
        is_list_action = getattr(self.view, "action", None) == "list"
        return is_list_action and isinstance(self.view, ListView)

    def _possible_errors(self) -> list[str]:
        wanted = ["400", "401", "403", "429"]
        if "{" in self.path:
            wanted.append("404")
        if self.method in {"POST", "PATCH", "PUT"}:
            wanted += ["409", "413", "415"]
        if self.method == "POST":
            wanted.append("422")
        return [status for status in sorted(wanted) if self.get_auth() or status == "429"]

    def _error_component(self) -> ResolvedComponent:
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name="Errors", type=ResolvedComponent.SCHEMA, object="Errors", schema=ERRORS
        )
        self.registry.register_on_missing(component)
        return component


def _paging(view: ListView) -> list[OpenApiParameter]:
    orders = [sign + name for name in ("id", *view.sorts) for sign in ("", "-")]
    return [
        OpenApiParameter("limit", int, description="1 to 1,000; 100 by default."),
        OpenApiParameter("cursor", str, description="`next` of the page before."),
        OpenApiParameter("sort", str, enum=orders, default=view.default_sort),
        OpenApiParameter("estimate", bool, description="Adds `estimate`, a number of rows."),
    ]


def _filters(view: ListView) -> list[OpenApiParameter]:
    return [
        OpenApiParameter(name, query_filter.schema(), description=str(query_filter.description))
        for name, query_filter in view.every_filter().items()
    ]


def finish(result: dict[str, Any], generator: Any, **_rest: Any) -> dict[str, Any]:
    """Name the way in, what each resource is about, and that bodies take no other keys."""
    schemes = result.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["bearer"] = {"type": "http", "scheme": "bearer"}
    about: dict[str, str] = {}
    for path, _regex, _method, callback in generator.endpoints:
        about.setdefault(_tag(path), (callback.cls.__doc__ or "").partition("\n")[0])
    for _path, _regex, _method, callback in generator.endpoints:
        _tell_filing(result["components"].get("schemas", {}), callback.cls)
    for name, schema in result["components"].get("schemas", {}).items():
        if name.endswith("Request") and "properties" in schema:
            schema.setdefault("additionalProperties", False)
    result["tags"] = [{"name": name, "description": about[name]} for name in sorted(about)]
    return result


NAME = {
    "type": "object",
    "required": ["id", "name", "colour"],
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+$"},
        "name": {"type": "string"},
        "colour": {"type": "integer"},
    },
}


def _tell_filing(schemas: dict[str, Any], view: Any) -> None:
    """Add category and labels to what is filed; in requests an id or a name will do."""
    if not getattr(view, "filed_as", str)():
        return
    shape = view.serializer_class.__name__.removesuffix("Serializer")
    word = {"type": ["string", "integer"], "description": "Id or name."}
    for name, one in ((shape, NAME), *((f"{x}{shape}Request", word) for x in ("", "Patched"))):
        if "properties" in schemas.get(name, {}):
            nothing = {"oneOf": [one, {"type": "null"}]}
            schemas[name]["properties"]["category"] = nothing
            schemas[name]["properties"]["labels"] = {"type": "array", "items": one}


def _tag(path: str) -> str:
    return path.removeprefix("/api/v1/").split("/")[0]
