"""The matrix of a role: what may stand in it, and who may hand it out."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.models.roles import EVERY_ADMINISTRATIVE_KIND, EVERY_KIND, EVERY_VERB, REACHES
from kernel.permissions import OWNED_VERBS, VERBS, Actor, permission_kinds


def check_rights(rights: object) -> None:
    """Refuse kinds and verbs nobody knows, and *own* where nothing is owned."""
    if not isinstance(rights, Mapping):
        raise ValidationError(_("Rights are an object of kinds of items."), "invalid")
    for kind, row in rights.items():
        if kind not in (EVERY_KIND, EVERY_ADMINISTRATIVE_KIND) and kind not in permission_kinds:
            raise ValidationError(
                _("%(kind)s is not a kind of item."), "unknown_kind", {"kind": kind}
            )
        if not isinstance(row, Mapping):
            message = _("The rights to %(kind)s are an object of verbs.")
            raise ValidationError(message, "invalid", {"kind": kind})
        for verb, reach in row.items():
            _check_right(kind, verb, reach)


def _check_right(kind: str, verb: str, reach: object) -> None:
    names = {"kind": kind, "verb": verb}
    registered = permission_kinds.get(kind)
    verbs = registered.verbs if registered else VERBS
    if verb != EVERY_VERB and verb not in verbs:
        raise ValidationError(_("%(kind)s cannot be granted %(verb)s."), "unknown_verb", names)
    if not isinstance(reach, str) or reach not in REACHES:
        message = _("The right to %(verb)s %(kind)s is none, own or all.")
        raise ValidationError(message, "invalid", names)
    ownable = verb in (*OWNED_VERBS, EVERY_VERB) and (registered is None or registered.owned)
    if reach == "own" and not ownable:
        raise ValidationError(_("%(verb)s of %(kind)s is none or all."), "invalid", names)


def outranks(role: Role, actor: Actor) -> bool:
    """Say whether a role may do anything that the actor may not: then they cannot hand it out."""
    kinds = [(kind.key, kind.verbs) for kind in permission_kinds]
    # What apps of tomorrow will register counts as well.
    kinds += [(EVERY_KIND, VERBS), (EVERY_ADMINISTRATIVE_KIND, VERBS)]
    return any(
        role.reach(kind, verb) > actor.reach(kind, verb) for kind, verbs in kinds for verb in verbs
    )
