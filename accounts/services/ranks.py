"""Nobody makes, changes or removes who may do more than they; somebody stays to administer."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.rights import outranks
from kernel.permissions import Actor


class Refusal(Exception):  # noqa: N818 - an answer to a person, not a fault
    """A change of users or roles that is refused; `code` says why in one word."""

    def __init__(self, message: object, code: str) -> None:
        super().__init__(message)
        self.code = code

    def __str__(self) -> str:
        return str(self.args[0])


class TooStrong(Refusal):
    """The role may do more than whoever hands it out."""


def refuse_stronger(role: Role, actor: Actor) -> None:
    """Raise `TooStrong` for a role beyond the actor's own rights."""
    if outranks(role, actor):
        raise TooStrong(_("This role may do more than you."), "stronger")


def keep_an_administrator(leaving: User) -> None:
    """Refuse to lose the last one; the lock keeps two from leaving at once."""
    others = User.objects.administrators().select_for_update(of=("self",)).order_by("pk")
    if all(user.pk == leaving.pk for user in others):
        raise Refusal(_("Someone must remain an administrator."), "last_administrator")


def check_change(before: User, role: Role, *, active: bool, actor: Actor) -> None:
    """Refuse a change of somebody stronger, to somebody stronger, or of the last administrator."""
    refuse_stronger(before.role, actor)
    refuse_stronger(role, actor)
    if role != before.role or not active:
        keep_an_administrator(before)


def check_leaving(user: User, actor: Actor) -> None:
    """Refuse to delete oneself, somebody stronger, or the last administrator."""
    refuse_stronger(user.role, actor)
    if user.pk == actor.pk:
        raise Refusal(_("You cannot delete yourself."), "own_account")
    keep_an_administrator(user)
