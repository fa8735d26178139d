"""Pairs of name and value among settings: fields that are sent, headers of a call.

Stored as a list of `{"name", "value"}`, in the order they were written. Values of `SecretPairs` are
sealed together with the server they go to: whoever changes the address writes them anew.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kernel import sealing

# What secrets in settings are sealed for.
SECRETS = "settings.secret"
MOST = 50
LONGEST_NAME, LONGEST_VALUE = 200, 2_000
Pair = dict[str, str]


class Pairs(forms.JSONField):
    """A few pairs; those without name and value are left out."""

    def clean(self, value: Any) -> list[Pair]:
        """Check names and values."""
        if value in (None, ""):
            return []
        if not isinstance(value, list) or len(value) > MOST:
            words = _("A list of at most %(most)d pairs is expected.")
            raise ValidationError(words, "invalid", {"most": MOST})
        rows = [self.read(row) for row in value]
        return [row for row in rows if row["name"] or row["value"]]

    def read(self, row: object) -> Pair:
        """Check one pair."""
        if not isinstance(row, dict) or not set(row) <= {"name", "value"}:
            raise ValidationError(_("A pair has a name and a value."), "invalid")
        name, value = row.get("name", ""), row.get("value", "")
        if not isinstance(name, str) or not isinstance(value, str) or "\0" in name + value:
            raise ValidationError(_("A pair has a name and a value."), "invalid")
        name = name.strip()
        if len(name) > LONGEST_NAME or len(value) > self.longest():
            words = _("A name has up to %(name)d signs, a value up to %(value)d.")
            at_most = {"name": LONGEST_NAME, "value": LONGEST_VALUE}
            raise ValidationError(words, "too_long", at_most)
        if value and not name:
            raise ValidationError(_("Write a name beside each value."), "required")
        return {"name": name, "value": value}

    def longest(self) -> int:
        """Return how long a value may be as it comes."""
        return LONGEST_VALUE


class SecretPairs(Pairs):
    """Pairs whose values are secrets: sealed as soon as they are typed, never written out again.

    What is sealed for no server could be opened for any: without one, values are not kept.
    `server` tells from the settings which server the values go to; empty where that is not known.
    """

    def __init__(self, *, server: Callable[[Mapping[str, Any]], str], **others: Any) -> None:
        super().__init__(**others)
        self.server = server

    def longest(self) -> int:
        """Leave room for the seal."""
        return 8 * LONGEST_VALUE

    def sealed(self, written: Any, config: Mapping[str, Any]) -> Any:
        """Return pairs with values sealed; of what is no pair nothing is kept but that."""
        if written in (None, ""):
            return []
        if not isinstance(written, list):
            return {}
        to = self.server(config)
        return [_sealed(row, to) if _is_pair(row) else {"invalid": ""} for row in written]

    def bound(self, rows: list[Pair], config: Mapping[str, Any]) -> list[Pair]:
        """Return checked pairs bound to the server the settings name; refuse those of another."""
        to = self.server(config)
        return [self._bound(row, to) for row in rows]

    def _bound(self, row: Pair, to: str) -> Pair:
        named = {"name": row["name"]}
        if not row["value"]:
            words = _("Write a value for %(name)s.")
            if not to:
                words = _("Write the address first: the value of %(name)s is kept for it alone.")
            raise ValidationError(words, "required", named)
        try:
            server, text = opened(row["value"])
        except sealing.Unreadable:
            words = _("The value of %(name)s cannot be read any more: write it again.")
            raise ValidationError(words, "unreadable", named) from None
        if not server or server != to:
            words = _(
                "The address is that of another server now: write the value of %(name)s again."
            )
            raise ValidationError(words, "other_server", named)
        return {**row, "value": closed(text, to)}


def closed(text: str, server: str) -> str:
    """Seal a value for one server."""
    return sealing.seal_alike(f"{server}\n{text}", SECRETS)


def opened(sealed: str) -> tuple[str, str]:
    """Return the server a value is for, and the value; raise `Unreadable`."""
    if not sealing.is_alike(sealed):
        raise sealing.Unreadable(SECRETS)
    server, _end, text = sealing.unseal(sealed, SECRETS).partition("\n")
    return server, text


def _is_pair(row: object) -> bool:
    texts = isinstance(row, dict) and all(isinstance(value, str) for value in row.values())
    return texts and set(row) <= {"name", "value"}  # type: ignore[call-overload]


def _sealed(row: Pair, server: str) -> Pair:
    value = row.get("value", "")
    if value and not sealing.is_alike(value):
        value = closed(value, server) if server else ""
    return {"name": row.get("name", ""), "value": value}
