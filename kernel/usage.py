"""What is in use: every app says which of its objects name another one, so deletion is refused."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel import locks, subjects
from kernel.permissions import Actor


@dataclass(frozen=True)
class Use:
    """An object whose settings name another one.

    `final`: whoever comes to it by the other one may go for good, as by a step that deletes.
    """

    kind: str
    id: int
    name: str
    final: bool = False


# Asked about several objects at once, it answers which of them each use is of.
Finder = Callable[[str, Collection[int]], Iterable[tuple[int, Use]]]
_finders: list[Finder] = []


def declare(finder: Finder) -> None:
    """Say who of an app uses objects of a kind; called from `plugins.py`.

    A finder takes no more statements for many objects than for one; each use comes once.
    """
    _finders.append(finder)


def used_by(kind: str, number: int) -> list[Use]:
    """Return everything that names the object."""
    return [use for finder in _finders for _number, use in finder(kind, [number])]


def counted(kind: str, numbers: Collection[int]) -> dict[int, int]:
    """Count what names each of several objects."""
    found = Counter(number for finder in _finders for number, _use in finder(kind, numbers))
    return {number: found[number] for number in numbers}


def seen(uses: Sequence[Use], user: Actor) -> tuple[list[Use], int]:
    """Return those a user may see, and how many more there are."""
    ids: dict[str, list[int]] = {}
    for use in uses:
        ids.setdefault(use.kind, []).append(use.id)
    hidden = {kind: subjects.beyond(kind, numbers, user) for kind, numbers in ids.items()}
    shown = [use for use in uses if use.id not in hidden[use.kind]]
    return shown, len(uses) - len(shown)


class InUse(Exception):  # noqa: N818 - it is an answer to a person, not a fault
    """Raised instead of deleting what others need; names are told by rights: `said`."""

    def __init__(self, uses: list[Use]) -> None:
        super().__init__(uses)
        self.uses = uses

    def __str__(self) -> str:
        count = len(self.uses)
        words = ngettext(
            "This is in use in %(count)s place. Remove it there first.",
            "This is in use in %(count)s places. Remove it there first.",
            count,
        )
        return words % {"count": count}

    def said(self, user: Actor, called: Callable[[Use], str] | None = None) -> str:
        """Name those in the way that this user may see, and count the others.

        `called` says what people call one; without it, programs read its kind and number.
        """
        shown, hidden = seen(self.uses, user)
        if not shown:
            return str(self)
        names = ", ".join(map(called or _named, shown))
        if hidden:
            words = ngettext(
                "%(names)s and %(count)s more you cannot see",
                "%(names)s and %(count)s more you cannot see",
                hidden,
            )
            names = words % {"names": names, "count": hidden}
        return _("This is in use by: %(names)s. Remove it there first.") % {"names": names}


def _named(use: Use) -> str:
    return f"{use.kind} {use.id} “{use.name}”"


def hold() -> None:
    """Let nothing be deleted that settings may name until the transaction ends.

    For whoever stores settings: before what they name is looked up, and before any lock that a
    deletion takes as well. One of two that come at once waits, and then sees what the other did.
    """
    locks.share_lock(locks.USES_LOCK, 1)


def refuse_if_used(kind: str, number: int) -> None:
    """Raise `InUse` when something names the object; until the transaction ends nothing will."""
    locks.wait_lock(locks.USES_LOCK, 1)
    if uses := used_by(kind, number):
        raise InUse(uses)
