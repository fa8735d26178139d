"""Fields of forms for moments and days we plan with, typed in the zone in force."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kernel import clock, moments

WRITTEN = "%Y-%m-%dT%H:%M"


def in_reach(value: date | datetime) -> None:
    """Refuse a day or a moment no work of ours can wait for; a validator."""
    if not clock.is_in_reach(value):
        raise ValidationError(clock.OUT_OF_REACH, "out_of_range")


class MomentField(forms.DateTimeField):
    """A moment we plan with."""

    default_validators = [in_reach]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateTimeInput({"type": "datetime-local"}, WRITTEN))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a kept moment as clocks show it here, also at the ends of the calendar."""
        return moments.here(value).replace(tzinfo=None) if isinstance(value, datetime) else value
