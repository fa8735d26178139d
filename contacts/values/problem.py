"""The answer to a value that cannot be taken."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

T = TypeVar("T")


class ValueProblem(Exception):  # noqa: N818 - it is an answer to a person, not a fault
    """Why a value was refused: a stable code for programs, a sentence for people.

    `text` is the sentence as it stands in the source, so that it can be kept and said in the
    language of whoever reads it; `values` fill it in.
    """

    def __init__(self, code: str, text: str, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(text)
        self.code, self.text, self.values = code, text, dict(values or {})

    @property
    def message(self) -> str:
        """Say it in the language in force."""
        return said(self.text, self.values)


def checked(check: Callable[..., T], *values: Any, **more: Any) -> T:
    """Run a check of values as one of a form or of a serializer."""
    try:
        return check(*values, **more)
    except ValueProblem as problem:
        raise ValidationError(problem.message, problem.code) from problem


def checked_in(field: str, check: Callable[..., T], *values: Any) -> T:
    """Run a check of the value of one field, where several are checked together."""
    try:
        return checked(check, *values)
    except ValidationError as problem:
        raise ValidationError({field: problem}) from problem


def said(text: str, values: Mapping[str, Any]) -> str:
    """Say a sentence of the source in the language in force."""
    words = gettext(text)
    return words % values if values else words
