"""The campaigns' place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    """Campaigns."""

    name = "campaigns"
    verbose_name = _("Campaigns")
