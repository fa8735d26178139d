"""The form of a rule: what happens, how many points, how often, for whom, until when."""

import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice.choosing import LongSelect, worded
from kernel import documents, masking
from kernel.events import event_types
from kernel.filters import FilterProblem, event_offers, restoring
from kernel.filters.events import seen_keys
from kernel.permissions import narrow
from kernel.registry import ConfigProblem, Problem
from points.backoffice import where_fields
from points.models import PointGroup, PointRule
from points.services import rules

LARGEST = 1_000_000
WHEN = ("event",)
HOW_MUCH = ("delta", "group", "repeat", "nth", "most_a_day", "most", "expire_days")
UNTIL = ("active", "active_from", "active_until")


class PointRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule in the words of people; the filter builder keeps its tree in a hidden field."""

    event = forms.ChoiceField(label=_lazy("When somebody…"), widget=LongSelect())
    tree = forms.CharField(required=False, widget=forms.HiddenInput, max_length=LARGEST)

    class Meta:
        model = PointRule
        fields = ("name", "description", "event", *HOW_MUCH, *UNTIL)
        formfield_callback = worded
        labels = {
            "nth": _lazy("Counts from which time on"),
        }
        help_texts = {
            "delta": _lazy("Less than zero takes away."),
            "group": _lazy("None: the total."),
            "nth": _lazy("2: the first time gives nothing."),
            "most_a_day": _lazy("Empty: any number."),
            "most": _lazy("Empty: any number."),
            "expire_days": _lazy("Empty: they stay."),
        }
        widgets = {
            "description": forms.Textarea({"rows": 2}),
        }

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.problems: list[Problem] = []
        self.stored = dict(self.instance.where) if self.instance.pk else {}
        self._offer()
        event = str(self["event"].value() or "")
        if event != self.instance.event:
            self.stored = {}
        self.fields.update(where_fields.fields(event, user, self.stored) if event else {})
        kept = self.instance.filter if self.instance.pk else None
        self.initial["tree"] = documents.dumps(masking.masked(kept)) if kept else ""

    def _offer(self) -> None:
        offered = event_offers.offered(seen_keys(), self.user)
        known = [(one.key, one.label) for one in offered if one.key not in rules.BY_POINTS]
        mine = self.instance.event
        if mine and mine not in dict(known):
            kind = event_types.get(mine)
            known.append((mine, kind.label if kind else mine))
        field: Any = self.fields["event"]
        field.choices = [("", _("Choose…")), *known]
        groups: Any = self.fields["group"]
        seen = narrow(PointGroup.objects.all(), self.user, "point_groups", "view")
        groups.queryset = (seen | PointGroup.objects.filter(pk=self.instance.group_id)).order_by(
            "name"
        )

    def wheres(self) -> Iterator[forms.BoundField]:
        """Walk what is asked of the event."""
        return (self[name] for name in self.fields if name.startswith(where_fields.PREFIX))

    @property
    def asks_more(self) -> bool:
        """Say whether anything is asked, or wrong, beyond the first two."""
        return any(field.value() or field.errors for field in list(self.wheres())[2:])

    def how_much(self) -> Iterator[forms.BoundField]:
        """Walk how many points there are, and how often."""
        return (self[name] for name in HOW_MUCH)

    def until(self) -> Iterator[forms.BoundField]:
        """Walk when it holds."""
        return (self[name] for name in UNTIL)

    def clean(self) -> dict[str, Any]:
        """Put conditions and filter together, and have them checked like the API's."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["where"] = where_fields.where(self, self.stored)
        cleaned["filter"] = self._tree(cleaned.get("tree", ""))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        rule: PointRule = self.instance
        rule.event, rule.where = self.cleaned_data["event"], self.cleaned_data["where"]
        rule.filter = self.cleaned_data["filter"]
        try:
            rules.check(rule, self.user)
        except ConfigProblem as refused:
            self._tell(refused)

    def _tell(self, refused: ConfigProblem) -> None:
        for problem in refused.problems:
            first, _dot, rest = problem["field"].partition(".")
            name = f"{where_fields.PREFIX}{rest.partition('.')[0]}" if first == "where" else first
            if first == "filter":
                self.problems.append(problem)
                message = _("The filter cannot be saved like this: see its conditions.")
                self.add_error("tree", ValidationError(message, "filter"))
            else:
                field = name if name in self.fields else None
                self.add_error(field, ValidationError(problem["message"], problem["code"]))

    def _tree(self, text: str) -> Any:
        try:
            tree = json.loads(text) if text else None
        except ValueError as error:
            raise ValidationError({"tree": _("The filter cannot be read.")}, "invalid") from error
        tree = None if tree in ({"all": []}, {"any": []}, {"none": []}) else tree
        try:
            return restoring.restored(tree, self.instance.filter if self.instance.pk else None)
        except FilterProblem as problem:
            raise ValidationError({"tree": problem.problems[0]["message"]}, "hidden") from problem
