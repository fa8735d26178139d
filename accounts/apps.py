"""The place of users, roles and tokens among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who may use the product, and what they may do."""

    name = "accounts"
    verbose_name = _("Accounts")
