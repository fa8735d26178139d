"""The tab that shows at a glance what a segment stands on, and what stands on it."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.attachments import tab
from segments.services.dependencies import dependencies


@tab("segments", "dependencies", _("Dependencies"), "segments/dependencies.html", order=30)
def _depending(request: HttpRequest, segment: Any) -> dict[str, Any]:
    user: Any = request.user
    return {"found": dependencies(segment, user)}
