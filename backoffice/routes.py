"""Registering a resource: its addresses, its place in the menu, its share of the palette."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path

from backoffice import menu, palette
from backoffice.bulk_screens import Bulk
from backoffice.endings import Delete
from backoffice.items import Form, Item
from backoffice.lists import Columns, List
from backoffice.neighbours import Beside
from backoffice.resource import Resource, keep
from backoffice.saved_views import ViewGone, Views


def register(
    declared: type[Resource[Any]],
    place: menu.Place | None = None,
    *,
    order: int = 500,
    form: type[Form] = Form,
) -> list[URLPattern]:
    """Return the addresses of a resource and offer it in menu and palette.

    `form` is the screen of one that is more than a form, such as an editor.
    """
    resource = declared()
    keep(resource)
    if place:
        menu.register(place)
    if resource.form is not None and resource.new_label:
        new = f"{resource.key}-new"
        made = palette.Creation(
            resource.new_label, new, resource.icon, order, resource.kind, resource.right("create")
        )
        palette.creates(made)
    if resource.findable:
        palette.finds(order)(_finder(resource))
    return _addresses(resource, form)


def _addresses(resource: Resource[Any], form: type[Form]) -> list[URLPattern]:
    base, key = resource.path or resource.key, resource.key
    given: dict[str, Any] = {"resource": resource, "kind": resource.kind}
    found = [
        path(base, List.as_view(**given), name=key),
        path(f"{base}/columns", Columns.as_view(**given), name=f"{key}-columns"),
        path(f"{base}/views", Views.as_view(**given), name=f"{key}-views"),
        path(f"{base}/views/<int:pk>/delete", ViewGone.as_view(**given), name=f"{key}-view-gone"),
        path(f"{base}/bulk/<slug:action>", Bulk.as_view(**given), name=f"{key}-bulk"),
        path(f"{base}/<int:pk>", Item.as_view(**given), name=f"{key}-item"),
        path(
            f"{base}/<int:pk>/delete",
            Delete.as_view(verb=resource.right("delete"), **given),
            name=f"{key}-delete",
        ),
    ]
    if resource.walked:
        found.append(path(f"{base}/<int:pk>/beside", Beside.as_view(**given), name=f"{key}-beside"))
    if resource.form is not None:
        new = form.as_view(verb=resource.right("create"), **given)
        found.append(path(f"{base}/new", new, name=f"{key}-new"))
    if resource.form is not None and resource.changeable:
        edit = form.as_view(verb=resource.right("edit"), **given)
        found.append(path(f"{base}/<int:pk>/edit", edit, name=f"{key}-edit"))
    return found


def _finder(resource: Resource[Any]) -> palette.Finder:
    def find(request: HttpRequest, text: str) -> palette.Group | None:
        found = resource.found(resource.rows(request.user), text).order_by("-pk")
        rows = list(found[: palette.MOST])
        resource.read(rows)
        offers = [
            palette.Offer(
                resource.name(row),
                resource.url("item", row.pk),
                resource.icon,
                str(resource.under(row)),
            )
            for row in rows
        ]
        return palette.Group(resource.plural, offers)

    return find
