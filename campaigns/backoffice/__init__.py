"""Screens of campaigns: the list, and the canvas."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _

from backoffice import menu
from backoffice.menu import Place
from backoffice.resource import resource_of
from backoffice.routes import register
from campaigns.backoffice import of_contact as of_contact
from campaigns.backoffice.canvas import Canvas, Duplicate, Gone
from campaigns.backoffice.deleting import ConfirmDeletions
from campaigns.backoffice.files import Download, Upload
from campaigns.backoffice.parked import AskParked, Parked
from campaigns.backoffice.resource import Campaigns

_usual = register(
    Campaigns,
    Place(_("Campaigns"), "campaigns", "route", 300, "campaigns", name="campaigns", bottom=True),
    order=30,
)
menu.register(
    Place(
        _("Parked steps"), "campaigns-parked", "alert-triangle", 310, "campaigns", under="campaigns"
    )
)
_given: dict[str, Any] = {"resource": resource_of("campaigns"), "kind": "campaigns"}
# The first that fits: the canvas stands in the place of the usual page.
urlpatterns = [
    path("campaigns/parked", Parked.as_view(**_given), name="campaigns-parked"),
    path("campaigns/parked/ask", AskParked.as_view(**_given), name="campaigns-parked-ask"),
    path("campaigns/<int:pk>", Canvas.as_view(**_given), name="campaigns-item"),
    path(
        "campaigns/<int:pk>/delete",
        Gone.as_view(verb="delete", **_given),
        name="campaigns-delete",
    ),
    path(
        "campaigns/<int:pk>/deletions",
        ConfirmDeletions.as_view(**_given),
        name="campaigns-deletions",
    ),
    path("campaigns/<int:pk>/duplicate", Duplicate.as_view(**_given), name="campaigns-duplicate"),
    path("campaigns/<int:pk>/file.json", Download.as_view(**_given), name="campaigns-file"),
    path("campaigns/file", Upload.as_view(**_given), name="campaigns-upload"),
    *_usual,
]
