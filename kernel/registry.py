"""What apps offer to each other: one registry per contract, one base for all plug-ins."""

import re
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import entry_points
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from kernel.exchanging import Exchange

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
Problem = dict[str, str]
C = TypeVar("C", bound="Plugin")


class ConfigProblem(Exception):  # noqa: N818 - it is an answer to a person, not a fault
    """Settings that cannot be taken, as a list of `{field, code, message}`."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


class Plugin:
    """The base of all contracts.

    `key` is stored in the database and never changes (`emails.send`); `label` is its name for
    people; `form` checks its settings.
    """

    key: ClassVar[str]
    label: ClassVar[Any]
    form: ClassVar[type[forms.Form]] = forms.Form
    # Its picture where people choose it or meet it: a name of frontend/icons.txt.
    icon: ClassVar[str] = "point"
    # Kinds of objects that `uses` can name, where looking them up takes a statement; None: any.
    pointing: ClassVar[frozenset[str] | None] = None

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self.config: dict[str, Any] = dict(config or {})

    @classmethod
    def clean(cls, config: object) -> dict[str, Any]:
        """Check settings and return them ready for storage as JSON, or raise `ConfigProblem`."""
        if not isinstance(config, dict):
            raise ConfigProblem([problem("", "invalid", _("An object is expected."))])
        form = cls.form(data=config)
        unknown = [key for key in config if key not in form.fields]
        problems = [
            problem(str(key), "unknown_field", _("This setting is not known.")) for key in unknown
        ]
        if not form.is_valid():
            for field, errors in form.errors.get_json_data().items():
                name = "" if field == "__all__" else field
                problems += [
                    problem(name, error["code"] or "invalid", error["message"]) for error in errors
                ]
        if problems:
            raise ConfigProblem(problems)
        return {key: value for key, value in form.cleaned_data.items() if value is not None}

    def describe(self) -> str:
        """Say in one line, to a person, what these settings do."""
        return str(self.label)

    def uses(self) -> list[tuple[str, int]]:
        """Name the objects the settings point at, as (kind, id): they refuse deletion."""
        return []

    @classmethod
    def exchanged(cls, config: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        """Return settings that name other objects; what names none any more is left out.

        They are as somebody wrote them: nothing has been checked.
        """
        return dict(config)

    @classmethod
    def points_at(cls, kind: str | None) -> bool:
        """Say whether such settings may point at objects of a kind; None: at any."""
        return kind is None or cls.pointing is None or kind in cls.pointing


def problem(field: str, code: str, message: str) -> Problem:
    """Say what is wrong with which setting."""
    return {"field": field, "code": code, "message": message}


class Registry(Generic[C]):
    """Keeps the plug-ins of one contract by key; refuses strangers and duplicates at the door."""

    def __init__(self, contract: type[C]) -> None:
        self.contract = contract
        self._entries: dict[str, type[C]] = {}

    def register(self, plugin: type[C]) -> type[C]:
        """Take a plug-in in; used as a class decorator."""
        if not (isinstance(plugin, type) and issubclass(plugin, self.contract)):
            raise ImproperlyConfigured(
                f"{plugin!r} is not a {self.contract.__name__}: derive it from that contract."
            )
        key = getattr(plugin, "key", "")
        if not _KEY.fullmatch(key):
            raise ImproperlyConfigured(
                f"{plugin.__name__}.key is {key!r}: write it as app.verb, in lower case."
            )
        if key in self._entries and self._entries[key] is not plugin:
            raise ImproperlyConfigured(f"{key} is registered twice: choose another key.")
        self._entries[key] = plugin
        return plugin

    def get(self, key: str) -> type[C] | None:
        """Return the plug-in, or None when its app is gone."""
        return self._entries.get(key)

    def keys(self) -> list[str]:
        """Return the keys in the order of registration."""
        return list(self._entries)

    def __iter__(self) -> Iterator[type[C]]:
        """Walk the plug-ins in the order of registration."""
        return iter(self._entries.values())

    def __contains__(self, key: object) -> bool:
        """Say whether a plug-in of this key is there."""
        return key in self._entries


def load_entry_points() -> None:
    """Import third-party plug-in modules: packages declare them under the group `relais`."""
    for entry in entry_points(group="relais"):
        loaded: Callable[[], None] | object = entry.load()
        if callable(loaded):
            loaded()
