"""Editing one field of a contact where it stands on their page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from backoffice.screens import Screen, leave_trail
from contacts.backoffice import facts
from contacts.backoffice.facts import Fact
from contacts.backoffice.writing import ContactForm, store
from contacts.catalogue import Catalogue, catalogue
from contacts.models import Contact
from contacts.services.reading import flat
from kernel import clock
from kernel.registry import ConfigProblem
from kernel.trail import Deed

# What the head of the page tells as well: the page is read again when one of them changes.
IN_HEAD = frozenset({"email", "mobile", "position", "company", "timezone"})


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
        answer = self._told(Contact.objects.get(pk=row.pk), fields)
        if self._name(fields) in IN_HEAD:
            answer.headers["HX-Refresh"] = "true"
        return answer

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
        context = self.context(row=row, fact=self._fact(row, fields), editable=True)
        return render(self.request, "contacts/fact.html", context)
