"""The dashboard's place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    """First steps and figures."""

    name = "dashboard"
    verbose_name = _("Dashboard")
