"""Settings of what points offer."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LARGEST = 1_000_000


class AdjustForm(forms.Form):
    """By how many points."""

    delta = forms.IntegerField(label=_("Points"), min_value=-LARGEST, max_value=LARGEST)

    def clean_delta(self) -> int:
        """Refuse an adjustment that adjusts nothing."""
        delta: int = self.cleaned_data["delta"]
        if delta == 0:
            raise ValidationError(_("Give a number of points other than zero."), "zero")
        return delta
