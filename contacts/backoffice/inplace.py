"""Editing one field of a contact where it stands on their page, and taking that back."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from backoffice import toasts
from backoffice.resource import resource_of
from backoffice.screens import Screen, leave_trail
from backoffice.undo import undoes
from contacts.backoffice import facts
from contacts.backoffice.cells import Flat
from contacts.backoffice.facts import Fact
from contacts.backoffice.writing import ContactForm, store
from contacts.catalogue import Catalogue, catalogue
from contacts.models import Contact
from contacts.services.plan import Terms
from contacts.services.reading import flat
from contacts.services.upsert import write
from contacts.services.writing import cleaned
from kernel import clock, documents
from kernel.registry import ConfigProblem
from kernel.trail import Deed

# What the head of the page tells as well: the page is read again when one of them changes.
IN_HEAD = frozenset(
    {"first_name", "last_name", "email", "mobile", "position", "company", "timezone"}
)
UNDO = "contacts.field"


class OneField(Screen):
    """The field of the address (`?name=city`) as an input, then as it stands again."""

    verb = "edit"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the input, or with `shown` the value, for who thinks better of it."""
        row, fields = self.item(pk, "edit"), catalogue()
        if "shown" in request.GET:
            return self._told(row, fields)
        return self._asked(row, self._form(row, fields), fields)

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Store it unless somebody changed the contact since the input was shown."""
        row, fields = self.item(pk, "edit", lock=True), catalogue(held=True)
        form = self._form(row, fields, request.POST)
        if request.POST.get("version") != str(row.version):
            return self._asked(row, form, fields, status=409)
        if not form.is_valid():
            return self._asked(row, form, fields, status=422)
        try:
            with transaction.atomic():
                store(form, self.resource.rows(self.user), clock.now())
        except ConfigProblem as refused:
            for problem in refused.problems:
                known = problem["field"] if problem["field"] in form.fields else None
                form.add_error(known, ValidationError(problem["message"], problem["code"]))
            return self._asked(row, form, fields, status=422)
        name, changed = self.resource.named(row), {"field": self._name(fields)}
        leave_trail(request, Deed("contacts", "change", object=row.pk, name=name, after=changed))
        if form.current is not None:
            self._tell(form.current, fields)
        if self._name(fields) in IN_HEAD:
            # The page that is read again tells the news.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return self._told(Contact.objects.get(pk=row.pk), fields)

    def _tell(self, before: Flat, fields: Catalogue) -> None:
        """Offer to take it back, where it changed anything."""
        name, contact = self._name(fields), int(before["id"])
        was, now = _kept(before, name), _kept(flat([contact])[0], name)
        if was == now:
            return
        undo = {"key": UNDO, "contact": contact, "name": name, "before": was, "after": now}
        toasts.tell(self.request, _("%(field)s changed") % {"field": fields.called(name)}, undo)

    def _name(self, fields: Catalogue) -> str:
        name = self.request.GET.get("name", "")
        spec = fields.fields.get(name)
        if name != facts.OWNER and (spec is None or not spec.writable):
            raise Http404
        return name

    def _form(self, row: Contact, fields: Catalogue, data: Any = None) -> ContactForm:
        name = self._name(fields)
        form = ContactForm(fields, self.user, flat([row.pk])[0], data, only=name)
        box = form.fields[name].widget
        if not isinstance(box, forms.CheckboxSelectMultiple):
            kind = "form-select" if isinstance(box, forms.Select) else "form-control"
            box.attrs |= {"class": kind, "aria-label": form.fields[name].label, "autofocus": True}
        return form

    def _fact(self, row: Contact, fields: Catalogue) -> Fact:
        name, now = self._name(fields), flat([row.pk])[0]
        if name == facts.OWNER:
            return facts.owner_of(now)
        return facts.fact_of(fields.fields[name], now)

    def _asked(
        self, row: Contact, form: ContactForm, fields: Catalogue, status: int = 200
    ) -> HttpResponse:
        fact = self._fact(row, fields)
        context = self.context(
            row=row,
            fact=fact,
            field=form[fact.alias],
            errors=[*form[fact.alias].errors, *form.non_field_errors()] if status == 422 else [],
            stale=status == 409,
        )
        return render(self.request, "contacts/inplace.html", context, status=status)

    def _told(self, row: Contact, fields: Catalogue) -> HttpResponse:
        context = self.context(row=row, fact=self._fact(row, fields), editable=True, news=True)
        return render(self.request, "contacts/fact.html", context)


def _kept(current: Flat, name: str) -> str:
    """Write the value of a field as it is kept, so that it can travel and be compared."""
    value = current[name]
    if name == facts.OWNER:
        value = value["id"] if value else None
    return documents.dumps(value)


@undoes(UNDO)
def take_back(request: HttpRequest, document: Mapping[str, Any]) -> None:
    """Write the former value, unless the contact is out of reach or has another one by now."""
    number, name = document["contact"], document["name"]
    rows = resource_of("contacts").rows(request.user, "edit").filter(pk=number)
    row = rows.select_for_update(of=("self",), no_key=True).first()
    current = flat([number])[0] if row is not None else None
    if current is None or name not in current or _kept(current, name) != document["after"]:
        toasts.tell(request, _("This has changed since, and stays as it is."))
        return
    values, problems = cleaned({name: documents.loads(document["before"])})
    if not problems:
        result = write([{"id": number, **values}], clock.now(), Terms(match="id", mode="update"))
        problems = result.rejected.get(0, [])
    if problems:
        toasts.tell(request, problems[0]["message"])
        return
    leave_trail(request, Deed("contacts", "undo", object=number, after={"field": name}))
    toasts.tell(request, _("Undone"))
