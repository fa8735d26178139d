"""Segments on screen: list, page with members and growth, the editor of the filter."""

from django.urls import path

from backoffice.routes import register
from segments.backoffice import depending as depending
from segments.backoffice import growth as growth
from segments.backoffice.byhand import ByHand
from segments.backoffice.of_contact import Why
from segments.backoffice.ready import Make
from segments.backoffice.resource import Segments
from segments.backoffice.screens import Rebuild

urlpatterns = register(Segments, Segments.place, order=210)
_seen = {"resource": Segments(), "kind": Segments.kind}
_given = {**_seen, "verb": "edit"}
urlpatterns += [
    path(
        "segments/ready/<slug:key>",
        Make.as_view(resource=Segments(), kind=Segments.kind, verb="create"),
        name="segments-ready",
    ),
    path("segments/<int:pk>/members", ByHand.as_view(**_given), name="segments-members"),
    path("segments/<int:pk>/rebuild", Rebuild.as_view(**_given), name="segments-rebuild"),
    path("segments/<int:pk>/why", Why.as_view(**_seen), name="segments-why"),
]
