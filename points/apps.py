"""The points' place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PointsConfig(AppConfig):
    """Points."""

    name = "points"
    verbose_name = _("Points")
