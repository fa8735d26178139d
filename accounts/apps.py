"""The place of users, roles and tokens among the installed apps."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who may use the product, and what they may do."""

    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """See to it that the built-in roles exist, and that signing in is noted."""
        from accounts import signing  # noqa: F401 - connects its receivers
        from accounts.builtin import make_roles

        post_migrate.connect(make_roles, sender=self)
