"""Deleted rows that can be brought back: they travel, sealed, with the news of their deletion."""

from collections.abc import Mapping
from typing import Any

from django.core import serializers
from django.core.exceptions import PermissionDenied
from django.core.serializers.base import DeserializedObject
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice import toasts
from backoffice.resource import Resource, resource_of
from backoffice.screens import leave_trail
from backoffice.undo import undoes
from kernel.permissions import Reach
from kernel.trail import Deed


def wrapped(resource: Resource[Any], *rows: Any) -> dict[str, Any]:
    """Write rows into what `tell(…, undo=…)` seals."""
    return {
        "key": "backoffice.delete",
        "of": resource.key,
        "rows": serializers.serialize("json", rows),
    }


@undoes("backoffice.delete")
@transaction.atomic
def restore(request: HttpRequest, document: Mapping[str, Any]) -> None:
    """Put the rows back under their numbers; those there again are left as they are.

    A row follows what it hangs on; where that is gone, it stays away.
    """
    resource = resource_of(document["of"])
    user: Any = request.user
    if user.reach(resource.kind, "delete") is Reach.NONE:
        raise PermissionDenied
    back = 0
    for each in serializers.deserialize("json", document["rows"]):
        row: Any = each.object
        if _put_back(resource, each):
            deed = Deed(resource.kind, "restore", object=row.pk, name=resource.named(row))
            leave_trail(request, deed)
            back += 1
    words = ngettext("%(count)d restored", "%(count)d restored", back) % {"count": back}
    nothing = _("Nothing was restored: what it belonged to is gone.")
    toasts.tell(request, words if back else nothing)


def _put_back(resource: Resource[Any], each: DeserializedObject) -> bool:
    if resource.model._default_manager.filter(pk=each.object.pk).exists():
        return False
    resource.follow(each.object)
    try:
        with transaction.atomic():
            each.save()
            # Foreign keys are checked at the end of a transaction; here one row must know.
            connection.check_constraints()
    except IntegrityError:
        return False
    return True
