"""Files that bring contacts and companies in: where they are offered, and told of."""

from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice.attachments import card
from contacts.backoffice.choosing import Looked
from contacts.models import Company
from contacts.services.imports.companies_met import asked, file_of, files_of, narrowed
from contacts.services.imports.objects import COMPANY, KINDS
from kernel.permissions import Reach, narrow

MOST = 5
WRITING = ("create", "edit")


def import_url(user: Any, of: str) -> str:
    """Return where a user brings such a file in; empty where they may not."""
    writes = any(user.reach(KINDS[of].rights, verb) is not Reach.NONE for verb in WRITING)
    if not writes or user.reach("imports", "create") is Reach.NONE:
        return ""
    return reverse("imports-new") + ("?object=company" if of == COMPANY else "")


def _said(user: Any, value: str) -> str | None:
    wanted, name = asked(value), file_of(user, value)
    if wanted is None or name is None:
        return None
    words = {"": "%(name)s", "added-": _("new in %(name)s"), "updated-": _("updated by %(name)s")}
    return words[wanted[0]] % {"name": name}


# It comes with links.
COME_IN = Looked("import", _lazy("Import"), (), narrowed, look=_said)


@card("companies", "imports", "contacts/files_of_company.html", order=20, kind="imports")
def files(request: HttpRequest, row: Company) -> dict[str, Any]:
    """Name the last files that brought a company or changed it, those a user may see."""
    user = cast("Any", request.user)
    return {"files": narrow(files_of(row.pk), user, "imports", "view")[:MOST]}
