"""What is in use: every app says which of its objects name another one, so deletion is refused."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Use:
    """An object whose settings name another one."""

    kind: str
    id: int
    name: str


Finder = Callable[[str, int], Iterable[Use]]
_finders: list[Finder] = []


def declare(finder: Finder) -> None:
    """Say who of an app uses the object of a kind and id; called from `plugins.py`."""
    _finders.append(finder)


def used_by(kind: str, number: int) -> list[Use]:
    """Return everything that names the object."""
    return [use for finder in _finders for use in finder(kind, number)]


class InUse(Exception):  # noqa: N818 - it is an answer to a person, not a fault
    """Raised instead of deleting what others need."""

    def __init__(self, uses: list[Use]) -> None:
        super().__init__(uses)
        self.uses = uses

    def __str__(self) -> str:
        names = ", ".join(f"{use.kind} {use.id} “{use.name}”" for use in self.uses)
        return _("This is in use by: %(names)s. Remove it there first.") % {"names": names}


def refuse_if_used(kind: str, number: int) -> None:
    """Raise `InUse` when something names the object."""
    if uses := used_by(kind, number):
        raise InUse(uses)
