"""Scopes of tokens: what they are checked against, and what they come to for a user."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.tokens import EVERY_KIND
from kernel.permissions import Reach, permission_kinds

LEVELS = ("read", "write")


def check_scopes(scopes: object) -> None:
    """Refuse anything but a level for each known kind of item, or for `*`."""
    if scopes is None:
        return
    if not isinstance(scopes, Mapping) or not scopes:
        message = _('Scopes are an object such as {"contacts": "read"}, or null for all rights.')
        raise ValidationError(message, "invalid")
    for kind, level in scopes.items():
        if kind != EVERY_KIND and kind not in permission_kinds:
            message = _("%(kind)s is not a kind of item.")
            raise ValidationError(message, "unknown_kind", {"kind": kind})
        if level not in LEVELS:
            message = _("The scope of %(kind)s is read or write.")
            raise ValidationError(message, "invalid", {"kind": kind})


def rights_of(user: User) -> dict[str, dict[str, str]]:
    """Return what the user may do in this request, by kind and verb."""
    return {
        kind.key: {
            verb: reach.name.lower()
            for verb in kind.verbs
            if (reach := user.reach(kind.key, verb)) is not Reach.NONE
        }
        for kind in permission_kinds
    }
