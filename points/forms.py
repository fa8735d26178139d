"""Settings of what points offer, and the matrix of the activity rank as a form."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel.settings_forms import picking
from points.models import PointGroup
from points.services.matrix import HEAVIEST, LONGEST, MOST_NEEDED, OPERATIONS, RECENCY, cells, check

LARGEST = 1_000_000


class AdjustForm(forms.Form):
    """By how many points, and in which group."""

    delta = forms.IntegerField(label=_lazy("Points"), min_value=-LARGEST, max_value=LARGEST)
    group = picking(
        "point_group",
        forms.ModelChoiceField(
            PointGroup.objects.order_by("name"),
            label=_lazy("Points group"),
            required=False,
            empty_label=_lazy("none: the total"),
        ),
    )

    def clean_delta(self) -> int:
        """Refuse an adjustment that adjusts nothing."""
        delta: int = self.cleaned_data["delta"]
        if delta == 0:
            raise ValidationError(_("Give a number of points other than zero."), "zero")
        return delta

    def clean_group(self) -> int | None:
        """Keep the number: settings are JSON."""
        group: PointGroup | None = self.cleaned_data["group"]
        return group.pk if group else None


class ActivityForm(forms.Form):
    """Window and matrix: what counts as activity, in which operations, and how much."""

    days = forms.IntegerField(
        label=_lazy("Days of the window"),
        min_value=1,
        max_value=LONGEST,
        help_text=_lazy("Activity before does not count."),
    )
    needed = forms.IntegerField(
        label=_lazy("Events that make somebody active"),
        min_value=1,
        max_value=MOST_NEEDED,
        help_text=_lazy("Who has fewer is inactive: rank 0."),
    )
    recency = forms.ChoiceField(label=_lazy("Older activity"), choices=list(RECENCY.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for cell in cells():
            self.fields[cell.key] = forms.IntegerField(
                label=cell.label,
                min_value=0,
                max_value=HEAVIEST,
                widget=forms.NumberInput({"class": "form-control"}),
            )

    @staticmethod
    def shown(settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return settings as the form's initial values."""
        rest = {name: settings[name] for name in ("days", "needed", "recency")}
        return {**rest, **settings["weights"]}

    def operations(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        """Walk the matrix by rows: each kind of operation with its activities."""
        for operation, label in OPERATIONS.items():
            yield label, [self[cell.key] for cell in cells() if cell.operation == operation]

    def settings(self) -> dict[str, Any]:
        """Return what the form says as settings."""
        values = self.cleaned_data
        rest = {name: values[name] for name in ("days", "needed", "recency")}
        return {**rest, "weights": {cell.key: values[cell.key] for cell in cells()}}

    def clean(self) -> dict[str, Any]:
        """Refuse what could not be carried out as a whole."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check(self.settings())
            except ValueError as problem:
                raise ValidationError(str(problem), "invalid") from problem
        return cleaned
