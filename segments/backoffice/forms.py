"""The form of a segment: its name, and the filter that the builder keeps in a hidden field."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from backoffice.choosing import worded
from kernel import documents, filters, masking
from kernel.filters import FilterProblem, restoring
from kernel.registry import ConfigProblem, Problem
from segments.models import PORTRAITS, Segment
from segments.services import editing

DYNAMIC, BY_HAND = "dynamic", "by_hand"
KINDS = (
    (DYNAMIC, _("By filter: members follow every change")),
    (BY_HAND, _("By hand: members are added and removed by people")),
)
LARGEST = 1_000_000


class SegmentForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, description, and what makes somebody a member."""

    members_by = forms.ChoiceField(label=_("Members"), choices=KINDS, initial=DYNAMIC)
    tree = forms.CharField(
        label=_("Filter"), required=False, widget=forms.HiddenInput, max_length=LARGEST
    )

    class Meta:
        model = Segment
        fields = ("name", "description", "persona", "portrait", "story")
        widgets = {"description": forms.TextInput}
        formfield_callback = worded

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.problems: list[Problem] = []
        # What is ready-made and may be made instead.
        self.ready: Sequence[Any] = ()
        # What deletes whoever becomes a member.
        self.finals: Sequence[str] = ()
        stored = self.instance.filter if self.instance.pk else None
        if self.instance.pk and stored is None:
            self.initial["members_by"] = BY_HAND
        self.initial["tree"] = json.dumps(masking.masked(stored)) if stored else ""
        # Whether it stays as it is: it holds what the user may not see.
        self.is_fixed = masking.hides_any(stored)

    def start_with(self, text: str) -> None:
        """Begin with a filter from elsewhere, unless it cannot be read."""
        try:
            tree = documents.loads(text)
        except ValueError:
            return
        if isinstance(tree, dict):
            self.initial["tree"] = documents.dumps(tree)

    @property
    def choices(self) -> list[tuple[str, Any, bool]]:
        """Return value, label and whether it is chosen, of what makes members."""
        chosen = self["members_by"].value()
        return [(value, label, value == chosen) for value, label in KINDS]

    def clean(self) -> dict[str, Any]:
        """Read the filter; what is wrong with it is told beside its conditions."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["filter"] = None
        if cleaned.get("members_by") == DYNAMIC:
            cleaned["filter"] = self._read(cleaned.get("tree", ""))
        elif self.is_fixed:
            raise ValidationError(restoring.refused(), "hidden")
        return cleaned

    def _read(self, text: str) -> Any:
        try:
            tree = documents.loads(text) if text else None
        except ValueError as error:
            raise ValidationError(_("The filter cannot be read."), "invalid") from error
        try:
            tree = restoring.restored(tree, self.instance.filter if self.instance.pk else None)
        except FilterProblem as problem:
            raise ValidationError(problem.problems[0]["message"], "hidden") from problem
        if tree is None or tree in ({"all": []}, {"any": []}, {"none": []}):
            raise ValidationError(_("Add a condition, or keep the members by hand."), "required")
        if self.instance.pk and tree == self.instance.filter:
            return tree
        try:
            filters.check(tree, user=self.user)
        except (FilterProblem, ConfigProblem) as problem:
            self.problems = list(problem.problems)
            message = _("The filter cannot be saved like this: see its conditions.")
            raise ValidationError(message, "filter") from problem
        try:
            editing.refuse_circle(self.instance.pk, tree)
        except (FilterProblem, ConfigProblem) as problem:
            # No condition is wrong by itself, and the count that follows finds nothing to say.
            self.problems = list(problem.problems)
            raise ValidationError([one["message"] for one in problem.problems]) from problem
        return tree

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, "filter")}

    @property
    def portraits(self) -> list[tuple[str, str, bool]]:
        """Return the portraits a persona may have: key, picture, and whether it is chosen."""
        chosen = self["portrait"].value() or PORTRAITS[0][0]
        return [(key, f"img/portraits/{key}.svg", key == chosen) for key, _label in PORTRAITS]
