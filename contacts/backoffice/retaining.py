"""The form of how long things are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel import origins, preferences, retaining, retention
from kernel.retention import SETTING, Keeping, check_days


def _name(keeping: Keeping) -> str:
    return keeping.key.replace(".", "_")


@dataclass(frozen=True)
class Taken:
    """How many people a rule would erase at once."""

    keeping: Keeping
    days: int
    number: int

    @property
    def seen(self) -> str:
        """Return what is sent back by whoever saw it: the rule, not how many it is by now."""
        return f"{self.keeping.key}:{self.days}"


class KeepingForm(forms.Form):
    """Days by kind; empty is for ever."""

    POLICIES: Sequence[tuple[str, Any]] = (
        (origins.FULL, _lazy("keep them whole")),
        (origins.SHORT, _lazy("shorten them at once, so that they lead to nobody")),
        (origins.NONE, _lazy("keep none")),
    )
    addresses = forms.ChoiceField(
        label=_lazy("Network addresses (IP) of consents and of users"), choices=POLICIES
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for keeping in retention.kept():
            field = forms.IntegerField(
                label=keeping.label,
                required=not keeping.for_ever,
                min_value=keeping.least,
                max_value=keeping.most,
            )
            field.widget.attrs["class"] = "form-control"
            if keeping.for_ever:
                field.widget.attrs["placeholder"] = _("for ever")
            self.fields[_name(keeping)] = field

    @staticmethod
    def settings() -> list[str]:
        """Return the settings it writes."""
        own = [keeping.setting for keeping in retention.kept() if keeping.setting]
        return [*own, SETTING, origins.SETTING]

    @staticmethod
    def shown() -> dict[str, Any]:
        """Return what is in force, as the form and the trail name it."""
        days = {keeping.key: keeping.days for keeping in retention.kept()}
        named = {key.replace(".", "_"): number for key, number in days.items()}
        return {**named, "addresses": preferences.get(origins.SETTING)}

    def clean(self) -> dict[str, Any]:
        """Refuse what somebody still looks back at."""
        values: dict[str, Any] = super().clean() or {}
        for keeping in retention.kept():
            if _name(keeping) not in values:
                continue
            try:
                check_days(keeping, values[_name(keeping)])
            except ValueError as problem:
                self.add_error(_name(keeping), ValidationError(str(problem), "too_short"))
        return values

    def tried(self) -> dict[str, int | None]:
        """Return the days by kind, to count by."""
        return {keeping.key: self.cleaned_data[_name(keeping)] for keeping in retention.kept()}

    def takes(self, now: datetime) -> list[Taken]:
        """Return whom the next run would erase by rules that are new or shorter; nobody: empty."""
        tried, found = self.tried(), []
        for keeping in retention.kept():
            days = tried[keeping.key]
            if not keeping.people or days is None or days >= (keeping.days or days + 1):
                continue
            if number := keeping.count(now - timedelta(days=days)):
                found.append(Taken(keeping, days, number))
        return found

    def keep(self) -> None:
        """Put it into force."""
        values, chosen = self.cleaned_data, dict[str, Any]()
        for keeping in retention.kept():
            days = values[_name(keeping)]
            if keeping.setting:
                preferences.put(keeping.setting, days)
            else:
                chosen[keeping.key] = days
        preferences.put(SETTING, chosen)
        preferences.put(origins.SETTING, values["addresses"])

    def rows(self) -> list[dict[str, Any]]:
        """Return each kind with its field, what would go, and when it last went."""
        return [
            {
                "keeping": keeping,
                "field": self[_name(keeping)],
                "would": retaining.last(keeping.key, dry=True),
                "went": retaining.last(keeping.key, dry=False),
            }
            for keeping in retention.kept()
        ]
