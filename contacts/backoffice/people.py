"""The list of contacts, and what their page is made of."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice import menu
from backoffice.bulk import permitted
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import Typed
from backoffice.queries import ListQuery
from backoffice.resource import Resource
from backoffice.routes import register
from backoffice.templatetags.relais import avatar
from contacts.backoffice import (
    building,
    cells,
    choosing,
    doing,
    duplicates,
    exporting,
    forgetting,
    merging,
    page,
    restricting,
    searching,
    together,
    tokens,
)
from contacts.backoffice.coming_in import import_url
from contacts.backoffice.writing import ContactForm, store
from contacts.catalogue import catalogue
from contacts.models import Contact
from contacts.services.erase import erase, hold
from contacts.services.finding import NameOrder, by_words
from contacts.services.imports.objects import CONTACT
from contacts.services.merge import survivor
from contacts.services.reading import flat
from kernel.filters.questions import too_slow, within_time
from kernel.permissions import Reach
from kernel.trail import Told


class Contacts(Resource[Contact]):
    """People."""

    key = kind = "contacts"
    model = Contact
    icon = "users"
    label, plural, new_label = _("Contact"), _("Contacts"), _("New contact")
    purpose = _("People you know, with what they did and what they agreed to.")
    owner = "owner"
    filters = choosing.OFFERED
    columns = cells.FIXED
    sorts = ("name", "created_at")
    default_sort = "-last_active"
    form = ContactForm  # type: ignore[assignment]
    form_template = "contacts/form.html"
    item_template = "contacts/item.html"
    list_template = "contacts/list.html"
    filters_template = "contacts/filters.html"
    walked = True

    def listed(self, rows: QuerySet[Contact]) -> QuerySet[Contact]:
        """Read no more than places: what is shown is read for the whole page at once."""
        placed = rows.annotate(
            name=NameOrder(),
            points=F("state__points"),
            activity_rank=F("state__activity_rank"),
            last_active=F("state__last_active_at"),
        )
        return placed.only("id", "version", "owner_id")

    def read(self, rows: list[Contact]) -> None:
        """Read what the columns show; who is gone by now is left out."""
        found = {int(one["id"]): one for one in cells.told(row.pk for row in rows)}
        for row in rows:
            row.flat = found.get(row.pk)  # type: ignore[attr-defined]
        rows[:] = [row for row in rows if row.flat]  # type: ignore[attr-defined]

    def first(self) -> Column:
        """Give names the room they need."""
        return replace(super().first(), width="named")

    def every_column(self) -> Sequence[Column]:
        """Offer every field; those marked so are shown to whoever chose nothing."""
        return cells.columns(catalogue())

    def typed(self, text: str, user: Any) -> Typed:
        """Understand `tag:vip`, `is:mine`, `city:Lyon` and their like."""
        return searching.taken(text, user)

    def hints(self, columns: Sequence[Column]) -> Sequence[tuple[str, Any]]:
        """Name the tokens, and the fields among the columns."""
        return tokens.hints(sorted({*cells.aliases(columns), *cells.ELSEWHERE}))

    def found(self, rows: QuerySet[Contact], text: str) -> QuerySet[Contact]:
        """Look for words of names and emails."""
        return by_words(rows, text)

    def became(self, number: int) -> int | None:
        """Lead from whoever was merged to the contact that stayed."""
        return survivor(number)

    def name(self, row: Contact) -> str:
        """Name or email, whichever can be read."""
        return cells.name_of(self._flat(row))

    def beside(self, row: Contact) -> Any:
        """Name the company."""
        return self._flat(row)["company"] or ""

    def under(self, row: Contact) -> Any:
        """Show the email where there is no room for a column."""
        return self._flat(row)["email"] or ""

    def picture(self, row: Contact) -> Any:
        """Draw the initials."""
        return avatar(self.name(row))

    def state(self, row: Contact) -> Any:
        """Say whether they can be reached."""
        return page.state(self._flat(row))

    def facts(self, row: Contact) -> Any:
        """Say what they do, and where."""
        return page.line(self._flat(row))

    def details(self, row: Contact) -> Sequence[tuple[Any, Any]]:
        """Leave this to the page."""
        return ()

    def around(self, request: HttpRequest, query: ListQuery) -> dict[str, Any]:
        """Say whether files may be imported, and what the builder begins with."""
        user: Any = request.user
        return {
            "import_url": import_url(user, CONTACT),
            "may_define": user.reach("fields", "view") is not Reach.NONE,
            "builder": choosing.BUILDER,
            "tree": query.filters.get("filter", ""),
            "quick_open": any(key != "filter" for key in query.filters),
            "may_keep": building.may_make(user),
        }

    def limited(self, query: ListQuery) -> AbstractContextManager[None]:
        """Let a filter take no longer than a person waits."""
        return within_time(too_slow) if "filter" in query.filters else nullcontext()

    def page(self, request: HttpRequest, row: Contact) -> dict[str, Any]:
        """Add figures, chart, timeline and consent."""
        return page.context(request, row, self._flat(row))

    def head(self, request: HttpRequest, row: Contact) -> dict[str, Any]:
        """Offer what can be done with them, on every tab."""
        may_hand_out = self.rows(request.user, "export").filter(pk=row.pk).exists()
        offered = permitted(doing.offered(), request.user, self.kind)
        held = restricting.told(self._flat(row))
        facts = page.line(self._flat(row), request.user)
        return {
            "offered": offered,
            "may_hand_out": may_hand_out,
            "held": held,
            "shown_facts": facts,
        }

    def form_for(self, request: HttpRequest, row: Contact | None, data: Any = None) -> Any:
        """Make the form from the fields in force."""
        current = flat([row.pk])[0] if row else None
        return ContactForm(catalogue(held=data is not None), request.user, current, data)

    def save(self, form: Any, user: Any, now: datetime) -> Contact:
        """Write by the service all others write by."""
        number = store(form, self.rows(user), now)
        return Contact.objects.get(pk=number)

    def named(self, row: Contact) -> str:
        """Name nobody in the trail, as the API does: it knows people by their number."""
        return ""

    def told(self, row: Contact) -> dict[str, Any]:
        """Keep no values in the trail, which must be forgotten with the person."""
        return {}

    def history(self, row: Contact, most: int) -> list[Told]:
        """Name the fields that changed as the page does; their values are not kept."""
        fields = catalogue()
        own = [
            replace(told, after={str(_("Field")): fields.called(told.after["field"])})
            if "field" in told.after
            else told
            for told in super().history(row, most)
        ]
        found = [*own, *together.history(row.pk, most)]
        return sorted(found, key=lambda told: told.at, reverse=True)[:most]

    def typed_to_delete(self, row: Contact) -> Sequence[str]:
        """Ask for the name or the address: nobody comes back from being forgotten."""
        email = self._flat(row)["email"]
        return list(dict.fromkeys([self.name(row), *([email] if email else [])]))

    def farewell(self, pk: int, name: str) -> str:
        """Name nobody in what is kept until the next page."""
        return _("Contact #%(number)s deleted") % {"number": pk}

    def hold(self, pk: int) -> None:
        """Lock whoever goes as merges do."""
        hold([pk])

    def delete(self, row: Contact, now: datetime) -> None:
        """Forget the person everywhere."""
        erase(row.pk, now)

    def _flat(self, row: Contact) -> dict[str, Any]:
        known: dict[str, Any] | None = getattr(row, "flat", None)
        if known is None:
            known = row.flat = cells.told([row.pk])[0]  # type: ignore[attr-defined]
        return known


here = Place(_("Contacts"), "contacts", "users", 200, "contacts", name="contacts", bottom=True)
_named = ("id", "first_name", "last_name", "email")
_exports = exporting.action(Contacts, "contacts.contacts", _named)
Contacts.bulk = [*doing.offered(), merging.ACTION, _exports, forgetting.DELETE]
urlpatterns = register(Contacts, here, order=200)
menu.register(duplicates.PLACE)
