"""Tells Django about this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FormsConfig(AppConfig):
    """Forms; `forms` is the label of a part of Django's."""

    name = "forms"
    label = "webforms"
    verbose_name = _("Forms")
