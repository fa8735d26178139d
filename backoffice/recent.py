"""What somebody looked at last: the browser keeps addresses, names are said anew and by rights."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from backoffice.palette import Group, Offer
from backoffice.resource import Resource

MOST, LONGEST = 8, 200


def group(request: HttpRequest, addresses: Sequence[str]) -> list[Group]:
    """Name what the user may still see of these, in their order; the others are left out."""
    asked = {address: _about(address) for address in addresses[: MOST + 1]}
    wanted: dict[Resource[Any], set[int]] = {}
    for about in asked.values():
        if about is not None:
            wanted.setdefault(about[0], set()).add(about[1])
    offers: dict[tuple[Resource[Any], int], Offer] = {}
    for resource, numbers in wanted.items():
        rows = list(resource.rows(request.user).filter(pk__in=numbers))
        resource.read(rows)
        for row in rows:
            name, said = resource.name(row), str(resource.label)
            offers[resource, row.pk] = Offer(name, "", resource.icon, said)
    found = [
        Offer(offer.label, address, offer.icon, offer.beside)
        for address, about in asked.items()
        if about is not None and (offer := offers.get(about))
    ]
    return [Group(_("Recent"), found[:MOST])] if found else []


def _about(address: str) -> tuple[Resource[Any], int] | None:
    """Return which thing an address of ours is about."""
    if len(address) > LONGEST:
        return None
    try:
        match = resolve(address)
    except Resolver404:
        return None
    resource = getattr(match.func, "view_initkwargs", {}).get("resource")
    number = match.kwargs.get("pk")
    return (resource, number) if resource is not None and number is not None else None
