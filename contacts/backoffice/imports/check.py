"""The last step: what is going to happen, in numbers, and the button that starts it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.columns import number
from backoffice.screens import leave_trail
from contacts.backoffice.imports.reading import read
from contacts.backoffice.imports.rulesform import RulesForm
from contacts.backoffice.imports.steps import Step, messages, rows_in_words, rows_of
from contacts.backoffice.imports.whichdate import asked, require_answer
from contacts.models import Import
from contacts.services.imports import clearing, drafts
from contacts.services.imports.objects import of
from contacts.services.imports.plan import SAMPLE
from contacts.services.imports.rehearsal import LIFTED
from contacts.services.imports.rights import starter_of
from kernel import clock, subjects
from kernel.queues import hint_on_commit
from kernel.registry import ConfigProblem
from kernel.trail import Deed


class _Last(Step):
    at = "check"

    def show(self, row: Import, problems: list[str], status: int) -> HttpResponse:
        context: dict[str, Any]
        try:
            looked = drafts.look(row, clock.now())
        except ConfigProblem as problem:
            context = self.context(row=row, problems=messages(problem.problems))
            return render(self.request, "imports/lost.html", context, status=409)
        which = asked(row, looked, timezone.localdate())
        context = self.shown(
            row,
            looked,
            which=which,
            problems=[*problems, *messages(looked["problems"])],
            facts=_facts(row, looked, self.user),
            refused=_refused(looked),
            sharing=_sharing(looked),
            **_cleared(row, looked),
            following=_("Import %(rows)s") % {"rows": rows_in_words(looked)},
            startable=not looked["problems"] and which is None,
        )
        return render(self.request, "imports/check.html", context, status=status)


class Check(_Last):
    """Tells everything once more; nothing is written yet."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the sum of it."""
        return self.show(self.draft(pk), [], 200)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the answer whether the day or the month comes first."""
        try:
            with transaction.atomic():
                row = self.draft(pk, lock=True)
                starter = self.starter(of(row))
                drafts.reread(row, read(request.POST, row.options), starter, clock.now())
        except ConfigProblem as problem:
            return self.show(self.draft(pk), messages(problem.problems), 422)
        return HttpResponseRedirect(self.resource.url("check", pk))


class Cleared(Step):
    """Tells how many known values are lost, again and again until the whole file is read."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have it counted, and show how far the count is; asked again, the same count goes on."""
        row = self.draft(pk)
        count = clearing.counted(row, clock.now())
        if count is None:
            context: dict[str, Any] = {"cleared": "", "counted": True}
        elif count.failed:
            context = self._sample(row)
        elif not count.whole and count.rows <= SAMPLE:
            # The page knows as much from its sample: it stays, and asks again.
            return HttpResponse(status=204)
        else:
            cleared = dict(count.cleared)
            lifted = cleared.pop(LIFTED, 0)
            context = {
                "cleared": _lost(row, cleared, count.rows, whole=count.whole),
                "lifted": _lifted(row, lifted, count.rows, whole=count.whole),
                "counted": count.whole,
            }
        return render(request, "imports/cleared.html", self.context(row=row, **context))

    def _sample(self, row: Import) -> dict[str, Any]:
        """Tell what is known without the count, as the page does that begins."""
        try:
            return _cleared(row, drafts.look(row, clock.now()))
        except ConfigProblem:
            return {"cleared": "", "counted": True, "uncounted": True}


class Start(_Last):
    """Starts it."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Queue the import of the draft, once."""
        try:
            with transaction.atomic():
                row = self.draft(pk, lock=True)
                if "date_order" not in row.options:
                    looked = drafts.look(row, clock.now())
                    require_answer(row, looked, timezone.localdate())
                drafts.begin(row, starter_of(self.user, row.options), clock.now())
                told = self.resource.told(row)
                leave_trail(
                    request, Deed("imports", "create", object=row.pk, name=row.name, after=told)
                )
                hint_on_commit("kernel.jobs")
        except ConfigProblem as problem:
            return self.show(self.draft(pk), messages(problem.problems), 422)
        except PermissionDenied:
            words = _("You may not do all that this import would do. Ask an administrator.")
            return self.show(self.draft(pk), [words], 422)
        return HttpResponseRedirect(self.resource.url("item", pk))


def _facts(row: Import, looked: Mapping[str, Any], user: Any) -> list[tuple[Any, Any]]:
    """Return label and value of what is going to happen."""
    options, form = row.options, RulesForm(row, user)
    columns = {"taken": len(_taken(looked, options)), "all": len(looked["columns"])}
    facts: list[tuple[Any, Any]] = [
        (_("Rows"), rows_in_words(looked)),
        (_("Columns taken"), _("%(taken)d of %(all)d") % columns),
        (form.fields["match"].label, _chosen(form, "match", options["match"])),
        (_("What to do"), _chosen(form, "mode", options["mode"])),
        (_("Empty cells"), _chosen(form, "empty_clears", "yes" * options["empty_clears"])),
    ]
    new = [one["label"] for one in options.get("new_fields", {}).values()]
    parts = [
        (
            _("Left out: erased since the file came"),
            number(looked["erased"]) if looked["erased"] else "",
        ),
        (_("Fields to be made"), ", ".join(new)),
        (_("Tags"), ", ".join(options["tags"])),
        (_("Segment"), _segment(options.get("segment"))),
        (_("Owner"), _chosen(form, "owner", str(options.get("owner") or ""))),
        (_("Who wants mail (opt-in)"), (options.get("opt_in") or {}).get("column", "")),
        (_("State of the address (bounces)"), (options.get("bounce") or {}).get("column", "")),
    ]
    return facts + [(label, value) for label, value in parts if value]


def _taken(looked: Mapping[str, Any], options: Mapping[str, Any]) -> set[str]:
    """Name the columns that go into a field, or say something of the row beside the fields."""
    parts = ((options.get(part) or {}).get("column") for part in ("opt_in", "bounce"))
    return {*looked["mapping"], *(column for column in parts if column)}


def _chosen(form: RulesForm, name: str, value: str) -> Any:
    if name not in form.fields or (name == "owner" and not value):
        return ""
    choices: Any = form.fields[name].choices  # type: ignore[attr-defined]
    return next((label for key, label in choices if str(key) == value), value)


def _segment(number_: int | None) -> str:
    return subjects.names("segment", [number_]).get(number_, "") if number_ else ""


def _cleared(row: Import, looked: Mapping[str, Any]) -> dict[str, Any]:
    """Say how many values empty cells would clear, field by field, and whether all were counted."""
    count = looked["counted"]
    counts = row.options["empty_clears"] or (row.options.get("opt_in") or {}).get("asked_again")
    whole = count["whole"] or not counts or bool(looked["problems"])
    return {
        "cleared": _lost(row, looked["cleared"], count["rows"], whole=whole),
        "lifted": _lifted(row, looked["lifted"], count["rows"], whole=whole),
        "counted": whole or count["failed"],
        "uncounted": count["failed"],
    }


def _lost(row: Import, cleared: Mapping[str, int], rows: int, *, whole: bool) -> str:
    """Say which values are lost; nothing where all rows were read and none is."""
    if not cleared:
        words = ngettext(
            "In the first %(count)s row empty cells clear nothing that is known.",
            "In the first %(count)s rows empty cells clear nothing that is known.",
            rows,
        )
        return "" if whole else words % {"count": number(rows)}
    known = of(row).fields()
    fields = ", ".join(
        f"{known.called(alias)} ({number(count)})"
        for alias, count in sorted(cleared.items(), key=lambda one: -one[1])
    )
    values = sum(cleared.values())
    words = (
        ngettext(
            "Empty cells will clear %(values)s known value: %(fields)s.",
            "Empty cells will clear %(values)s known values: %(fields)s.",
            values,
        )
        if whole
        else ngettext(
            "Empty cells of the first %(count)s rows will clear %(values)s known value: "
            "%(fields)s.",
            "Empty cells of the first %(count)s rows will clear %(values)s known values: "
            "%(fields)s.",
            values,
        )
    )
    return words % {"values": number(values), "fields": fields, "count": number(rows)}


def _lifted(row: Import, lifted: int, rows: int, *, whole: bool) -> str:
    """Say how many unsubscribes are lifted; also that none is, where that was asked for."""
    if not (row.options.get("opt_in") or {}).get("asked_again"):
        return ""
    words = (
        ngettext(
            "The unsubscribe of %(lifted)s person will be lifted: they are written to again.",
            "The unsubscribes of %(lifted)s people will be lifted: they are written to again.",
            lifted,
        )
        if whole
        else ngettext(
            "In the first %(count)s rows the unsubscribe of %(lifted)s person will be lifted: "
            "they are written to again.",
            "In the first %(count)s rows the unsubscribes of %(lifted)s people will be lifted: "
            "they are written to again.",
            lifted,
        )
    )
    return words % {"lifted": number(lifted), "count": number(rows)}


def _sharing(looked: Mapping[str, Any]) -> str:
    """Say how many rows would become one company with another row, for they share its name."""
    if not looked["sharing"]:
        return ""
    words = (
        _("%(rows)s rows share their name with another row: of each name there is one company.")
        if rows_of(looked)[1]
        else _(
            "%(rows)s of the first %(count)s rows share their name with another row: "
            "of each name there is one company."
        )
    )
    return words % {"rows": number(looked["sharing"]), "count": number(looked["looked_at"])}


def _refused(looked: Mapping[str, Any]) -> str:
    """Say how many of the rows looked at would be refused."""
    if not looked["refused"]:
        return ""
    count = looked["looked_at"]
    words = (
        ngettext(
            "%(refused)s of %(count)s row will be refused, as far as one can tell.",
            "%(refused)s of %(count)s rows will be refused, as far as one can tell.",
            count,
        )
        if rows_of(looked)[1]
        else ngettext(
            "%(refused)s of the first %(count)s row will be refused, as far as one can tell.",
            "%(refused)s of the first %(count)s rows will be refused, as far as one can tell.",
            count,
        )
    )
    counts = {"refused": number(looked["refused"]), "count": number(looked["looked_at"])}
    return words % counts
