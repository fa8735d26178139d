"""The addresses of imports, and their place in the menu."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _

from backoffice import palette
from backoffice.menu import Place
from backoffice.routes import register
from contacts.backoffice.coming_in import import_url
from contacts.backoffice.imports.check import Check, Cleared, Start
from contacts.backoffice.imports.columns import Columns
from contacts.backoffice.imports.page import Page, Progress, Rejects, Resume, Stop, Undo, Unplaced
from contacts.backoffice.imports.resource import Imports
from contacts.backoffice.imports.rules import Rules
from contacts.backoffice.imports.upload import Forget, Upload
from contacts.services.imports.objects import COMPANY

_place = Place(_("Imports"), "imports", "file-import", 230, "imports", under="contacts")
_common = register(Imports, _place, order=230)
_new = ("imports-new", "file-import", 230, "imports")
palette.creates(palette.Creation(_("New import"), *_new))
palette.creates(
    palette.Creation(
        _("Import companies"),
        *_new,
        query="object=company",
        asks=lambda user: import_url(user, COMPANY),
    )
)
_given: dict[str, Any] = {"resource": Imports(), "kind": "imports"}
_at = "imports/<int:pk>"
urlpatterns = [
    path("imports/new", Upload.as_view(**_given), name="imports-new"),
    path(_at, Page.as_view(**_given), name="imports-item"),
    path(f"{_at}/columns", Columns.as_view(**_given), name="imports-columns-step"),
    path(f"{_at}/rules", Rules.as_view(**_given), name="imports-rules"),
    path(f"{_at}/check", Check.as_view(**_given), name="imports-check"),
    path(f"{_at}/cleared", Cleared.as_view(**_given), name="imports-cleared"),
    path(f"{_at}/start", Start.as_view(**_given), name="imports-start"),
    path(f"{_at}/forget", Forget.as_view(**_given), name="imports-forget"),
    path(f"{_at}/progress", Progress.as_view(**_given), name="imports-progress"),
    path(f"{_at}/rejects.csv", Rejects.as_view(**_given), name="imports-rejects"),
    path(f"{_at}/unplaced.csv", Unplaced.as_view(**_given), name="imports-unplaced"),
    path(f"{_at}/stop", Stop.as_view(**_given), name="imports-stop"),
    path(f"{_at}/resume", Resume.as_view(**_given), name="imports-resume"),
    path(f"{_at}/undo", Undo.as_view(**_given), name="imports-undo"),
    # What an import did to whom stays: nothing deletes it, by one or in bulk.
    *(route for route in _common if route.name not in {"imports-delete", "imports-bulk"}),
]
