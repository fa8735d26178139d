"""The second step: which column goes into which field, and how the file is read."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from contacts.backoffice.imports.choosing import choose, new_field
from contacts.backoffice.imports.reading import questions, read
from contacts.backoffice.imports.showing import Part
from contacts.backoffice.imports.steps import Step, messages
from contacts.backoffice.imports.table import preview_table, table
from contacts.backoffice.imports.targets import targets
from contacts.models import Import
from contacts.services.imports import drafts
from contacts.services.imports.newfields import with_new
from contacts.services.imports.objects import of
from contacts.services.imports.options import read_options
from kernel import clock
from kernel.permissions import Reach
from kernel.registry import ConfigProblem


class Columns(Step):
    """Shows the columns, and takes one choice at a time: nothing waits to be saved."""

    at = "columns-step"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the draft as it is."""
        return self._show(self.draft(pk), [], 200)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a choice and show what becomes of it."""
        try:
            with transaction.atomic():
                row = self.draft(pk, lock=True)
                self._take(row, request.POST)
        except ConfigProblem as problem:
            return self._show(self.draft(pk), messages(problem.problems), 422)
        return self._show(row, [], 200)

    def _take(self, row: Import, sent: QueryDict) -> None:
        now, starter = clock.now(), self.starter(of(row))
        if "column" not in sent:
            drafts.reread(row, read(sent, row.options), starter, now)
            return
        columns = row.plan["columns"]
        place = str(sent["column"])
        column = dict(zip(map(str, range(len(columns))), columns, strict=True)).get(place)
        if column is None:
            return
        if "label" in sent:
            options = new_field(row.options, column, str(sent["label"]), sent.get("type", ""))
        else:
            options = choose(row.options, column, sent.get("to", ""), self._guess(row, column))
        drafts.change(row, options, starter, now)

    def _guess(self, row: Import, column: str) -> str:
        return drafts.guess(row, column)

    def _show(self, row: Import, problems: list[str], status: int) -> HttpResponse:
        part = self.request.headers.get("HX-Target") == "wizard"
        template = "imports/mapping.html" if part else "imports/columns.html"
        try:
            context = self._context(row, problems)
        except ConfigProblem as problem:
            # The file is gone, or no longer what it was.
            context = self.context(row=row, problems=messages(problem.problems))
            template, status = "imports/lost.html", 409
        return render(self.request, template, context, status=status)

    def _context(self, row: Import, problems: list[str]) -> dict[str, Any]:
        looked = drafts.look(row, clock.now())
        options = read_options(row.options)
        kind = of(row)
        known = with_new(kind.fields(), options.new_fields, kind.key)[0]
        lines = table(looked, options, known)
        return self.shown(
            row,
            looked,
            problems=problems,
            **Part.read(self.request.POST or self.request.GET).of(lines),
            sums=_sums(lines),
            preview=preview_table(looked, known, self.request.LANGUAGE_CODE),
            questions=questions(looked, options, drafts.sheets(row)),
            groups=targets(
                known, kind.key, may_create=self.user.reach("fields", "create") is Reach.ALL
            ),
            missing=[one["message"] for one in looked["problems"]],
            following=_("Continue: rules"),
        )


def _sums(lines: list[dict[str, Any]]) -> dict[str, int]:
    """Count the columns that are taken, that need a look, that are left out."""
    kinds = [line["state"]["kind"] for line in lines]
    return {
        "taken": sum(kind in {"good", "key", "new"} for kind in kinds),
        "look": kinds.count("look"),
        "skipped": kinds.count("skipped"),
    }
