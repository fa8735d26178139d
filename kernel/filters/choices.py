"""What values of conditions are chosen from: looked up by a text, or named by what is kept."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kernel import subjects
from kernel.ids import read_id
from kernel.permissions import Actor

MOST = 30


@dataclass(frozen=True)
class Choice:
    """A value, what it is called, and what tells it from others of that name."""

    value: str
    label: str
    beside: str = ""


@dataclass(frozen=True)
class Question:
    """Who asks: for a text, or for the names of some values; `about` narrows, as an email does.

    Nobody in particular is the product itself, which only asks for names.
    """

    user: Actor | None
    text: str = ""
    values: frozenset[str] | None = None
    about: Mapping[str, str] = field(default_factory=dict)

    def numbers(self) -> list[int]:
        """Return those values that may be ids."""
        return [number for value in self.values or () if (number := read_id(value))]


Finder = Callable[[Question], Iterable[Choice]]
_finders: dict[str, Finder] = {}


def offers(kind: str) -> Callable[[Finder], Finder]:
    """Register who finds the values of a kind, as a decorator; called from `plugins.py`."""

    def registered(finder: Finder) -> Finder:
        _finders[kind] = finder
        return finder

    return registered


def known(kind: str) -> bool:
    """Say whether values of a kind can be looked up at all."""
    return kind in _finders or subjects.listed(kind)


def open_to(kind: str, user: Actor) -> bool:
    """Say whether a user may look values of a kind up."""
    return kind in _finders or subjects.may_list(kind, user)


def find(kind: str, question: Question) -> list[Choice]:
    """Return the first values a question finds; objects with names need no finder."""
    finder = _finders.get(kind)
    if finder is None:
        return _objects(kind, question)
    found = list(finder(question))
    return found if question.values is not None else found[:MOST]


def called(kind: str, values: Iterable[Any], about: Mapping[str, str]) -> dict[str, str]:
    """Return what values of a kind are called, for a sentence; those nobody knows are left out."""
    wanted = frozenset(map(str, values))
    if kind not in _finders:
        numbers = [number for value in wanted if (number := read_id(value))]
        return {str(pk): name for pk, name in subjects.names(kind, numbers).items()}
    found = _finders[kind](Question(None, values=wanted, about=about))
    return {choice.value: choice.label for choice in found}


def among(choices: Iterable[tuple[Any, Any]], question: Question) -> list[Choice]:
    """Search a list that is always the same: pairs of value and label."""
    every = [Choice(str(value), str(label)) for value, label in choices]
    if question.values is not None:
        return [choice for choice in every if choice.value in question.values]
    text = question.text.casefold()
    found = [c for c in every if text in c.label.casefold() or text == c.value.casefold()]
    return sorted(found, key=lambda c: (not c.label.casefold().startswith(text), c.label))


def _objects(kind: str, question: Question) -> list[Choice]:
    if question.user is None:
        return []
    rows = subjects.visible(kind, question.user)
    if question.values is not None:
        rows = rows.filter(pk__in=question.numbers())
    elif question.text:
        rows = rows.filter(name__icontains=question.text)
    if question.values is None:
        rows = rows.order_by("name", "pk")[:MOST]
    return [Choice(str(pk), name) for pk, name in rows.values_list("pk", "name")]
