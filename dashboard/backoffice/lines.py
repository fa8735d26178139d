"""Settings that are lists, as lines people type: `3 / week`, `example.com 600 / minute`."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _

CAP = re.compile(r"(\d+)\s*/\s*(\w+)(?:\s+topic\s+(\d+))?")
LIMIT = re.compile(r"(\S+)\s+(\d+)\s*/\s*(\w+)")


class Lines(forms.CharField):
    """One entry a line; empty lines are passed over."""

    def __init__(self, **more: Any) -> None:
        widget = forms.Textarea({"rows": 3, "spellcheck": "false"})
        super().__init__(widget=widget, required=False, **more)

    def prepare_value(self, value: Any) -> Any:
        """Write the setting as lines; what was typed stays as it is."""
        return value if isinstance(value, str) else "\n".join(self.written(value or []))

    def to_python(self, value: Any) -> Any:
        """Read the lines."""
        return self.read([line.strip() for line in str(value or "").splitlines() if line.strip()])

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what the lines mean."""
        try:
            return bool(self.to_python(data) != initial)
        except forms.ValidationError:
            return True

    def written(self, value: Any) -> list[str]:
        """Return the lines of a setting."""
        return [str(entry) for entry in value]

    def read(self, lines: list[str]) -> Any:
        """Return the setting that lines mean."""
        return lines


class Caps(Lines):
    """At most so many marketing mails a person."""

    def written(self, value: Any) -> list[str]:
        """`3 / week topic 5`."""
        topic = {rule["topic"]: f" topic {rule['topic']}" for rule in value if rule["topic"]}
        return [f"{rule['max']} / {rule['per']}{topic.get(rule['topic'], '')}" for rule in value]

    def read(self, lines: list[str]) -> Any:
        """Understand each line, or say which one not."""
        found = []
        for line in lines:
            match = CAP.fullmatch(line)
            if match is None:
                raise _unread(line, "3 / week")
            found.append({"max": int(match[1]), "per": match[2], "topic": match[3]})
        return found


class Limits(Lines):
    """How fast mail goes out, in all and to domains."""

    def written(self, value: Any) -> list[str]:
        """`* 50 / second`."""
        return [
            f"{lane} {number} / {period}"
            for lane, periods in (value or {}).items()
            for period, number in periods.items()
        ]

    def read(self, lines: list[str]) -> Any:
        """Understand each line, or say which one not."""
        found: dict[str, dict[str, int]] = {}
        for line in lines:
            match = LIMIT.fullmatch(line)
            if match is None:
                raise _unread(line, "* 50 / second")
            found.setdefault(match[1], {})[match[3]] = int(match[2])
        return found


def _unread(line: str, example: str) -> forms.ValidationError:
    said = _("“%(line)s” is not understood; write it like %(example)s.")
    return forms.ValidationError(said % {"line": line, "example": example})
