"""Categories and labels on the lists and pages of all that can be filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from backoffice import toasts
from backoffice.bulk import MOST_AT_ONCE, BulkAction, Selection
from backoffice.columns import Column, number
from backoffice.narrowing import Choices, ListFilter
from backoffice.undo import undoes
from kernel import clock, filing, subjects
from kernel.filing import CATEGORY, LABEL, Change, Filed, Name
from kernel.ids import read_id
from kernel.trail import Deed, difference, note

UNDO = "filing"
NONE = "none"
WORDS = {CATEGORY: _lazy("Category"), LABEL: _lazy("Label")}


def filters(kind: str) -> list[ListFilter]:
    """Return the filters of a list whose rows can be filed; without folders they offer nothing."""
    return [_filter(kind, sort, label) for sort, label in WORDS.items()] if kind else []


def _filter(kind: str, sort: str, label: Any) -> ListFilter:
    def choices(_user: Any) -> Choices:
        known = [(str(each.pk), each.name) for each in filing.folders(kind, sort)]
        return [(NONE, _("none")), *known] if known else []

    def apply(rows: Any, value: str) -> Any:
        return filing.within(rows, kind, None if value == NONE else int(value), sort)

    return ListFilter(sort, label, choices, apply)


def columns(kind: str) -> list[Column]:
    """Return the column that shows both, as soon as there is any to show."""
    if not kind or not filing.folders(kind):
        return []
    return [Column("filed", _lazy("Filed under"), lambda row: chips(row.filed.names), width="mid")]


def attach(kind: str, rows: Sequence[Any]) -> None:
    """Give the rows of one page what they are filed under."""
    if not kind or not filing.folders(kind):
        return
    filed = filing.of(kind, [row.pk for row in rows])
    for row in rows:
        row.filed = filed[row.pk]


def chips(names: Sequence[Name], most: int = 1) -> SafeString | None:
    """Draw them, each with its colour; what there is no room for is counted."""
    if not names:
        return None
    one = '<span class="chip dotted"><i class="k{}"></i><span class="clip">{}</span></span>'
    drawn = format_html_join("", one, [(each.colour, each.name) for each in names[:most]])
    rest = ", ".join(each.name for each in names[most:])
    if rest:
        more = format_html('<span class="chip" title="{}">+{}</span>', rest, len(names) - most)
        drawn = format_html("{}{}", drawn, more)
    return format_html('<span class="line tight">{}</span>', drawn)


class FilingForm(forms.Form):
    """Under which category and labels; of one item what holds, of several what changes."""

    def __init__(self, kind: str, filed: Filed | None, sent: Any) -> None:
        super().__init__(sent)
        categories = [(str(each.pk), each.name) for each in filing.folders(kind, CATEGORY)]
        labels = [(str(each.pk), each.name) for each in filing.folders(kind, LABEL)]
        self.kind, self.one = kind, filed is not None
        if categories:
            kept = [] if filed else [("", _("leave as it is"))]
            none = [("" if filed else NONE, _("no category"))]
            of_one = filed.category.id if filed and filed.category else ""
            self.fields["category"] = forms.ChoiceField(
                label=_("Category"),
                choices=[*kept, *none, *categories],
                required=False,
                initial=str(of_one),
            )
        if labels and filed:
            self._tick("labels", _("Labels"), labels, [str(each.id) for each in filed.labels])
        elif labels:
            self._tick("add", _("Add labels"), labels, [])
            self._tick("remove", _("Take labels off"), labels, [])

    def _tick(self, name: str, label: str, choices: list[Any], ticked: list[str]) -> None:
        self.fields[name] = forms.MultipleChoiceField(
            label=label,
            choices=choices,
            required=False,
            initial=ticked,
            widget=forms.CheckboxSelectMultiple,
        )

    def clean(self) -> dict[str, Any]:
        """Read what was chosen as a change."""
        values = super().clean() or {}
        category = read_id(values.get("category"))
        chosen = {
            name: [int(each) for each in values.get(name, ())]
            for name in ("labels", "add", "remove")
        }
        none = self.one and "category" in self.fields and category is None
        clear = none or values.get("category") == NONE
        only = chosen["labels"] if "labels" in self.fields else None
        change = Change(category, clear, chosen["add"], chosen["remove"], only)
        return {"kind": self.kind, "change": change}


def _run(request: HttpRequest, selection: Selection, settings: dict[str, Any]) -> None:
    """Carry it out, and offer to take it back."""
    kind = settings["kind"]
    rows = selection.rows.order_by("pk").values_list("pk", flat=True)
    objects = list(rows[:MOST_AT_ONCE])
    before = filing.of(kind, objects)
    filing.file(kind, objects, settings["change"])
    _leave_trail(request, kind, before)
    count = len(objects)
    words = ngettext("%(count)s filed", "%(count)s filed", count) % {"count": number(count)}
    kept = [[one, [each.id for each in filed.names]] for one, filed in before.items()]
    toasts.tell(request, words, {"key": UNDO, "kind": kind, "kept": kept})


@undoes(UNDO)
def take_back(request: HttpRequest, document: Mapping[str, Any]) -> None:
    """File items as they were, those that the user may still change."""
    kind, user = document["kind"], _user(request)
    kept = {int(one): folders for one, folders in document["kept"]}
    may = kept.keys() - subjects.beyond(kind, kept, user, "edit")
    before = filing.of(kind, sorted(may))
    sorts = {each.pk: each.sort for each in filing.folders(kind)}
    for one in before:
        known = [each for each in kept[one] if each in sorts]
        category = next((each for each in known if sorts[each] == CATEGORY), None)
        labels = [each for each in known if sorts[each] == LABEL]
        filing.file(kind, [one], Change(category, clear=category is None, only=labels))
    _leave_trail(request, kind, before)
    toasts.tell(request, _("Undone"))


def _user(request: HttpRequest) -> Any:
    return request.user


def _leave_trail(request: HttpRequest, kind: str, before: Mapping[int, Filed]) -> None:
    """Note what differs now, one deed an item."""
    user, now = _user(request), clock.now()
    about = {"path": request.path.lstrip("/"), "address": request.META.get("REMOTE_ADDR", "")}
    for one, filed in filing.of(kind, before).items():
        was, told = difference(before[one].told(), filed.told())
        if told:
            deed = Deed(
                subjects.rights_of(kind), "change", user=user.pk, object=one, before=was, after=told
            )
            note(replace(deed, **about), now)


@dataclass(frozen=True)
class FileUnder(BulkAction):
    """The bulk action of a list whose rows are filed under `kind`."""

    kind: str = ""

    def make(self, user: Any, sent: Any, selection: Selection) -> Any:
        """Ask of one item what holds for it, of several what is to change."""
        filed = None
        if selection.count == 1:
            number = selection.rows.values_list("pk", flat=True).get()
            filed = filing.of(self.kind, [number])[number]
        return FilingForm(self.kind, filed, sent)


def bulk(kind: str, right: str) -> list[BulkAction]:
    """Return the action, as soon as there is anything to file under."""
    if not kind or not filing.folders(kind):
        return []
    label = _lazy("File under…")
    return [FileUnder("file", label, "tags", right, _run, form=forms.Form, kind=kind)]
