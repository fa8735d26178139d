"""The place of the REST toolkit among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kernel import plain_words


class ApiConfig(AppConfig):
    """Knows no app; apps register their views in `api.py`."""

    name = "api"
    verbose_name = _("REST API")

    def ready(self) -> None:
        """Speak of numbers and lengths as the screens do."""
        from rest_framework import serializers

        numbers = (serializers.IntegerField, serializers.FloatField, serializers.DecimalField)
        for field in (*numbers, serializers.CharField):
            plain_words.in_rest(field.default_error_messages)
