"""The third step: whom a row means, and what is done with people."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from contacts.backoffice.imports.rulesform import RulesForm
from contacts.backoffice.imports.steps import Step, messages
from contacts.models import Import
from contacts.services.imports import drafts
from contacts.services.imports.objects import of
from kernel import clock
from kernel.registry import ConfigProblem


class Rules(Step):
    """Asks for the rules; what is usual is filled in."""

    at = "rules"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show them."""
        row = self.draft(pk)
        return self._show(row, RulesForm(row, self.user), [], 200)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep them and go on, or say what is wrong."""
        problems: list[str] = []
        with transaction.atomic():
            row = self.draft(pk, lock=True)
            form = RulesForm(row, self.user, request.POST)
            if "keep" in request.POST:
                return self._keep(row, form)
            if form.is_valid():
                try:
                    with transaction.atomic():
                        drafts.change(row, form.settings(), self.starter(of(row)), clock.now())
                except ConfigProblem as problem:
                    problems = messages(problem.problems)
                    row = self.draft(pk)
        if form.is_valid() and not problems:
            step = "columns-step" if "back" in request.POST else "check"
            return HttpResponseRedirect(self.resource.url(step, pk))
        return self._show(row, form, problems, 422)

    def _keep(self, row: Import, form: RulesForm) -> HttpResponse:
        """Typed, not sent: what cannot be taken yet is said when it is."""
        if form.is_valid():
            with suppress(ConfigProblem):
                # Whoever passes over another match on the way loses no column by it.
                chosen = form.settings() | {"mapping": row.options["mapping"]}
                drafts.keep(row, chosen, clock.now())
        return HttpResponse(status=204)

    def _show(self, row: Import, form: RulesForm, problems: list[str], status: int) -> HttpResponse:
        context: dict[str, Any]
        try:
            looked = drafts.look(row, clock.now())
        except ConfigProblem as problem:
            context = self.context(row=row, problems=messages(problem.problems))
            return render(self.request, "imports/lost.html", context, status=409)
        context = self.shown(
            row, looked, form=form, problems=problems, following=_("Continue: check")
        )
        return render(self.request, "imports/rules.html", context, status=status)
