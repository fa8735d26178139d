"""The place of posts to other systems among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    """Posts to other systems."""

    name = "webhooks"
    verbose_name = _("Calls of other systems")
