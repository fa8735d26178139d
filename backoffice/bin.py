"""Deleted rows that can be brought back: they travel, sealed, with the news of their deletion."""

from collections.abc import Mapping
from typing import Any

from django.core import serializers
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
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
    """Put the rows back under their numbers; those there again are left as they are."""
    resource = resource_of(document["of"])
    user: Any = request.user
    if user.reach(resource.kind, "delete") is Reach.NONE:
        raise PermissionDenied
    back = 0
    for each in serializers.deserialize("json", document["rows"]):
        row: Any = each.object
        if not resource.model._default_manager.filter(pk=row.pk).exists():
            each.save()
            deed = Deed(resource.kind, "restore", object=row.pk, name=resource.named(row))
            leave_trail(request, deed)
            back += 1
    words = ngettext("%(count)d restored", "%(count)d restored", back)
    toasts.tell(request, words % {"count": back})
