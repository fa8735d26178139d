"""The contacts' place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    """Contacts."""

    name = "contacts"
    verbose_name = _("Contacts")
