"""Words of the audit trail: what was done, to which kind of thing, which value became which.

The trail keeps keys, which never change; whoever reads it reads words of their own language.
Apps name what only they know: `deeds.names("preferences", {...})`, `deeds.writes(kind, name, …)`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backoffice.columns import moment
from backoffice.dictionary import FIELDS, KINDS, VERBS
from backoffice.resource import Resource, resources
from kernel.permissions import permission_kinds
from kernel.trail import Told

Labels = Mapping[str, Any] | Callable[[], Mapping[str, Any]]
Writer = Callable[[Any], str]
Reteller = Callable[[Mapping[str, Any], Mapping[str, Any]], str | None]
# What a deed keeps beside its values, so that it is named in the language of whoever reads it.
RETOLD = "retold"
_labels: dict[str, Labels] = {}
_retellers: dict[tuple[str, str], Reteller] = {}
_writers: dict[tuple[str, str], Writer] = {}


def names(kind: str, labels: Labels) -> None:
    """Name the values of a kind, where forms and models do not; a function where they are data."""
    _labels[kind] = labels


def writes(kind: str, name: str) -> Callable[[Writer], Writer]:
    """Say how a value of a kind is written; decorates the function that does."""

    def keep(writer: Writer) -> Writer:
        _writers[kind, name] = writer
        return writer

    return keep


def retells(kind: str, verb: str) -> Callable[[Reteller], Reteller]:
    """Say what a deed was done to; decorates who gets `after` and what it holds as RETOLD."""

    def keep(reteller: Reteller) -> Reteller:
        _retellers[kind, verb] = reteller
        return reteller

    return keep


def retold(kind: str, verb: str, name: str, after: Mapping[str, Any]) -> str:
    """Name what a deed was done to in the reader's language, else as it was called then.

    What the reader may not see is left out as anywhere: whoever keeps RETOLD keeps no name.
    """
    reteller, told = _retellers.get((kind, verb)), after.get(RETOLD)
    if reteller is None or not isinstance(told, Mapping):
        return name
    return reteller(after, told) or name


def verb(key: str) -> str:
    """Say what was done; where a part of a thing is named last, such as a channel, it follows."""
    if key in VERBS:
        return str(VERBS[key])
    base, slash, part = key.rpartition("/")
    return f"{VERBS[base]} ({part})" if slash and base in VERBS else key


def verbs_like(text: str) -> list[str]:
    """Return the keys of what is said with these words in the reader's language."""
    wanted = text.casefold()
    return [key for key, words in VERBS.items() if wanted in str(words).casefold()]


def kind_word(key: str) -> str:
    """Say what kind of thing it was done to."""
    known = permission_kinds.get(key)
    return str(known.label if known else KINDS.get(key, key))


@dataclass(frozen=True)
class Change:
    """One value that differs, in words."""

    name: str
    before: str
    after: str


class Words:
    """The words for the values of one kind; what is data is asked for once."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.resources = [each for each in resources() if kind in (each.kind, each.key)]

    @cached_property
    def labels(self) -> Mapping[str, Any]:
        """What an app calls the values of this kind."""
        labels = _labels.get(self.kind, {})
        return labels() if callable(labels) else labels

    def changes(self, told: Told) -> list[Change]:
        """Say what a deed changed."""
        return [
            Change(self.name(key) or key, self.written(key, before), self.written(key, after))
            for key, before, after in told.changes
            if key != RETOLD
        ]

    def name(self, key: str) -> str | None:
        """Name a value; None where nobody does."""
        found = next((label for label in self._named(key) if label), None)
        return capfirst(str(found)) if found else None

    def written(self, key: str, value: Any) -> str:
        """Write one value: choices by their labels, moments as moments, the rest as it is."""
        if value in (None, "", [], {}):
            return "\N{EN DASH}"
        if writer := _writers.get((self.kind, key)):
            return writer(value)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list) and all(isinstance(one, (str, int)) for one in value):
            return ", ".join(self.written(key, one) for one in value)
        if not isinstance(value, str):
            return json.dumps(value, ensure_ascii=False)
        if label := self._choices(key).get(value):
            return capfirst(str(label))
        at = _moment(value)
        return moment(at) if at else value

    def _named(self, key: str) -> Iterator[Any]:
        yield self.labels.get(key)
        for resource in self.resources:
            fields = resource.form.base_fields if resource.form is not None else {}
            yield fields[key].label if key in fields else None
            yield _verbose(resource, key)
        yield FIELDS.get(key)

    def _choices(self, key: str) -> Mapping[str, Any]:
        for resource in self.resources:
            try:
                choices = getattr(resource.model._meta.get_field(key), "flatchoices", ())
            except FieldDoesNotExist:
                continue
            if choices:
                return {str(value): label for value, label in choices}
        return {}


def _verbose(resource: Resource[Any], key: str) -> Any:
    """Return the name a model gives; not one that Django made of the attribute."""
    try:
        found: Any = resource.model._meta.get_field(key.removesuffix("_id"))
    except FieldDoesNotExist:
        return None
    words = getattr(found, "verbose_name", None)
    return words if isinstance(words, Promise) else None


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text) if len(text) > len("2026-11-22") else None
    except ValueError:
        return None
