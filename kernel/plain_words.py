"""Plain words for what the frameworks say of numbers out of range, and of texts too long."""

from collections.abc import MutableMapping
from typing import Any

from django.core.validators import (
    MaxLengthValidator,
    MaxValueValidator,
    MinLengthValidator,
    MinValueValidator,
)
from django.utils.translation import gettext_lazy as _

TOO_LARGE = _("This number is too large.")


def in_forms() -> None:
    """Say it in forms and models; the frameworks leave no other place for it."""
    MaxValueValidator.message = _("This number is too large: at most %(limit_value)s.")
    MinValueValidator.message = _("This number is too small: at least %(limit_value)s.")
    MaxLengthValidator.message = _("This is too long: at most %(limit_value)s characters.")
    MinLengthValidator.message = _("This is too short: at least %(limit_value)s characters.")


def in_rest(messages: MutableMapping[str, Any]) -> None:
    """Say it in the messages of a REST field."""
    messages["max_value"] = _("This number is too large: at most {max_value}.")
    messages["min_value"] = _("This number is too small: at least {min_value}.")
    if "max_length" in messages:
        messages["max_length"] = _("This is too long: at most {max_length} characters.")
        messages["min_length"] = _("This is too short: at least {min_length} characters.")
