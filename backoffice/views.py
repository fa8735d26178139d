"""The start page."""

from typing import Any

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import TemplateView


class Start(LoginRequiredMixin, TemplateView):
    """What a new installation can do, and the first calls to make it do so."""

    template_name = "backoffice/start.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the address under which this installation answers."""
        return super().get_context_data(**kwargs) | {"address": settings.SITE_URL}
