"""Tags of one contact: put on, taken off, and taken back."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from backoffice import toasts
from backoffice.resource import resource_of
from backoffice.screens import Screen, leave_trail
from backoffice.undo import undoes
from contacts.services.tags import change_tags, clean_name, drop_unused
from contacts.services.takingback import new_names
from contacts.values import ValueProblem
from kernel import clock
from kernel.trail import Deed

UNDO = "contacts.tags"


class ContactTags(Screen):
    """Putting a tag on, or taking one off."""

    verb = "edit"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change the tags, offering to take it back."""
        row = self.item(pk, "edit")
        back = HttpResponseRedirect(self.resource.url("item", row.pk))
        try:
            add = [clean_name(name) for name in request.POST.getlist("add") if name.strip()]
            remove = [clean_name(name) for name in request.POST.getlist("remove")]
        except ValueProblem as problem:
            toasts.tell(request, problem.message)
            return back
        made = new_names(add)
        if change_tags([row.pk], add, remove, clock.now()):
            told = _told({"add": add, "remove": remove})
            name = self.resource.named(row)
            leave_trail(request, Deed("contacts", "change", object=row.pk, name=name, after=told))
            back_to = {"contacts": [row.pk], "add": remove, "remove": add, "made": made}
            undo = {"key": UNDO, **back_to}
            text = _("Tagged “%(name)s”") if add else _("Tag “%(name)s” removed")
            toasts.tell(request, text % {"name": ", ".join(add or remove)}, undo)
        return back


@undoes(UNDO)
def take_back(request: HttpRequest, document: Mapping[str, Any]) -> None:
    """Change the tags back, of those contacts the user may still change."""
    rows = resource_of("contacts").rows(request.user, "edit")
    contacts = list(rows.filter(pk__in=document["contacts"]).values_list("pk", flat=True))
    change_tags(contacts, document["add"], document["remove"], clock.now())
    drop_unused(document.get("made", ()))
    for contact in contacts:
        leave_trail(request, Deed("contacts", "undo", object=contact, after=_told(document)))
    toasts.tell(request, _("Undone"))


def _told(changed: Mapping[str, Any]) -> dict[str, Any]:
    signs = {"+": changed["add"], "-": changed["remove"]}
    return {"tags": [f"{sign}{name}" for sign, names in signs.items() for name in names]}
