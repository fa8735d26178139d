"""The channels' place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    """What emails and texts, and channels yet to come, have in common; no tables of its own."""

    name = "channels"
    verbose_name = _("Channels")
