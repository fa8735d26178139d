"""Segments on screen: list, page with members and growth, the editor of the filter."""

from django.urls import path

from backoffice.routes import register
from segments.backoffice import growth as growth
from segments.backoffice.people import ByHand
from segments.backoffice.resource import Segments
from segments.backoffice.screens import Rebuild

urlpatterns = register(Segments, Segments.place, order=210)
_given = {"resource": Segments(), "kind": Segments.kind, "verb": "edit"}
urlpatterns += [
    path("segments/<int:pk>/members", ByHand.as_view(**_given), name="segments-members"),
    path("segments/<int:pk>/rebuild", Rebuild.as_view(**_given), name="segments-rebuild"),
]
