"""`preferences`: the settings of the workspace."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.routers import endpoint
from api.trail import Trail
from kernel import preferences
from kernel.registry import ConfigProblem, Problem


@endpoint("preferences")
class Preferences(ApiView):
    """Settings by key; only those given are changed. A secret that is set is shown as `•••`."""

    kind = "preferences"
    verbs: ClassVar = {"patch": "edit"}

    def trail(self) -> Trail:
        """Keep what changed."""
        return Trail.VALUES

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Show all settings in force."""
        return Response(_all())

    @extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    def patch(self, request: Request) -> Response:
        """Change settings; all of them or none."""
        problems: list[Problem] = []
        if not isinstance(request.data, Mapping):
            raise ConfigProblem([_fault("", "invalid", _("An object is expected."))])
        self.seen = _all()
        known = {setting.key: setting for setting in preferences.known()}
        for key, value in request.data.items():
            if key not in known:
                problems.append(_fault(key, "unknown_field", _("This setting is not known.")))
                continue
            if known[key].secret and value not in ("", preferences.HIDDEN):
                # That it is another one now is told, not which.
                self.seen[key] = ""
            try:
                preferences.put(key, value)
            except ValueError as error:
                problems.append(_fault(key, "invalid", str(error)))
        if problems:
            raise ConfigProblem(problems)
        return Response(_all())


def _all() -> dict[str, Any]:
    return {setting.key: preferences.shown(setting.key) for setting in preferences.known()}


def _fault(key: str, code: str, message: str) -> Problem:
    return {"field": key, "code": code, "message": message}
