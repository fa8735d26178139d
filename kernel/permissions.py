"""What roles may do, as data: kinds of items, verbs, and querysets narrowed to them."""

from enum import IntEnum
from typing import Any, ClassVar, Protocol, TypeVar

from django.db.models import Model, QuerySet

from kernel.registry import Plugin, Registry

M = TypeVar("M", bound=Model)

# Verbs that can stop at one's own items; the others are allowed or not.
OWNED_VERBS = ("view", "edit", "delete", "publish")
VERBS = (*OWNED_VERBS, "create", "export")
READING_VERBS = frozenset({"view", "export"})


class Reach(IntEnum):
    """How far a user may go with a verb; a larger one includes the smaller."""

    NONE = 0
    OWN = 1
    ALL = 2


class PermissionKind(Plugin):
    """A kind of item that roles grant rights to; apps register theirs in `plugins.py`.

    `owned` says that items have an owner, so that *own* means something. `administrative` kinds
    (users, settings …) are left out of "every kind" and must be granted by name.
    """

    owned: ClassVar[bool] = True
    administrative: ClassVar[bool] = False
    verbs: ClassVar[tuple[str, ...]] = VERBS


permission_kinds: Registry[PermissionKind] = Registry(PermissionKind)


# An owner that nothing has: whose things somebody sees who may see none.
NOBODY = 0


class Actor(Protocol):
    """Who acts: a user, with the limits of the token that speaks for them."""

    pk: Any

    def reach(self, kind: str, verb: str) -> Reach:
        """Return how far this user may go."""

    def can(self, kind: str, verb: str, owner_id: int | None = None) -> bool:
        """Say whether this user may do so with an item of that owner."""

    def hold_rights(self) -> None:
        """Read the rights anew; nobody withdraws them until the caller's transaction ends."""


def narrow(
    queryset: QuerySet[M], user: Actor, kind: str, verb: str, owner: str | None = "owner"
) -> QuerySet[M]:
    """Keep the rows the user may reach; `owner` is the lookup of theirs, None if they lack one."""
    reach = user.reach(kind, verb)
    if reach is Reach.ALL:
        return queryset
    if reach is Reach.OWN and owner is not None:
        return queryset.filter(**{owner: user.pk})
    return queryset.none()


def whose(user: Actor, kind: str, verb: str = "view") -> int | None:
    """Return whose items alone a user reaches; `NOBODY`'s for who reaches none, None: everybody's.

    For what counts in SQL of its own; querysets are narrowed by `narrow`.
    """
    reach = user.reach(kind, verb)
    if reach is Reach.ALL:
        return None
    return int(user.pk) if reach is Reach.OWN else NOBODY
