"""The place of the REST toolkit among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Knows no app; apps register their views in `api.py`."""

    name = "api"
    verbose_name = _("REST API")
