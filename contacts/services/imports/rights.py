"""The rights that an import needs beside its own, by what its settings ask for."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied

from contacts.services.imports.objects import kind_of
from contacts.services.imports.start import Starter
from kernel.permissions import Actor, Reach

VERBS_OF_MODES = {
    "upsert": ("create", "edit"),
    "fill": ("create", "edit"),
    "create": ("create",),
    "update": ("edit",),
}


def starter_of(caller: Actor, options: object) -> Starter:
    """Return who starts an import of these settings; raises where a right is missing."""
    asked: Mapping[str, Any] = options if isinstance(options, dict) else {}
    mode = asked.get("mode")
    verbs = VERBS_OF_MODES.get(mode if isinstance(mode, str) else "upsert", ())
    reaches = [_need(caller, kind_of(asked).rights, verb) for verb in verbs]
    if asked.get("segment"):
        _need(caller, "segments", "edit")
    if asked.get("new_fields"):
        _need(caller, "fields", "create")
    opt_in = asked.get("opt_in")
    if isinstance(opt_in, dict) and opt_in.get("asked_again"):
        _need(caller, "resubscriptions", "create")
    return Starter(caller.pk, only_own=Reach.OWN in reaches, caller=caller)


def _need(caller: Actor, kind: str, verb: str) -> Reach:
    reach = caller.reach(kind, verb)
    if reach is Reach.NONE:
        raise PermissionDenied
    return reach
