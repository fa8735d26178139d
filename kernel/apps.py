"""The kernel's place among the installed apps."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from kernel import indexes, plain_words


class KernelConfig(AppConfig):
    """Finds what the apps offer, by Django's own idiom: `events.py`, then `plugins.py`."""

    name = "kernel"
    verbose_name = _("Kernel")

    def ready(self) -> None:
        """Fill the registries, then let third-party packages enter through the same door."""
        from kernel.events import number_types
        from kernel.registry import load_entry_points

        plain_words.in_forms()
        autodiscover_modules("events")
        autodiscover_modules("plugins")
        load_entry_points()
        post_migrate.connect(number_types, sender=self)
        post_migrate.connect(indexes.rebuild_broken, sender=self)
