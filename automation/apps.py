"""The project's place among the installed apps."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AutomationConfig(AppConfig):
    """Makes the Celery application known to every process that sends a task."""

    name = "automation"
    verbose_name = _("Relais")

    def ready(self) -> None:
        import_module("automation.celery")
