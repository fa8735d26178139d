"""The rules of an import as a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.backoffice import owners
from contacts.backoffice.names import Names
from contacts.catalogue import catalogue
from contacts.models import Import
from contacts.services import company_keys
from contacts.services.imports.objects import COMPANY, of
from contacts.services.imports.rights import VERBS_OF_MODES
from kernel import preferences, subjects
from kernel.permissions import Reach

_MODES = {
    "upsert": _("Add new people and update those who are known"),
    "fill": _("Add new people; of known ones fill only what is empty"),
    "create": _("Only add new people; rows of known ones are refused"),
    "update": _("Only update known people; rows of unknown ones are refused"),
}
_MODES_OF_COMPANIES = {
    "upsert": _("Add new companies and update those that are known"),
    "fill": _("Add new companies; of known ones fill only what is empty"),
    "create": _("Only add new companies; rows of known ones are refused"),
    "update": _("Only update known companies; rows of unknown ones are refused"),
}
_CLEARS = [
    ("", _("say nothing: what is known stays")),
    ("yes", _("clear the value that is known")),
]
_SILENCE = [
    ("unchanged", _("says nothing")),
    ("opted_out", _("means no")),
]
OF_COMPANIES = _("A row means the company with the same")
Options = dict[str, Any]


class RulesForm(forms.Form):
    """Match, mode, empty cells; then tags, segment and owner; then what an answer means."""

    match = forms.ChoiceField(
        label=_("A row means the contact with the same"),
        help_text=_("Only what one contact alone can have is offered."),
    )
    mode = forms.ChoiceField(label=_("What to do"), widget=forms.RadioSelect)
    empty_clears = forms.ChoiceField(
        label=_("Empty cells"), choices=_CLEARS, widget=forms.RadioSelect, required=False
    )
    tags = forms.CharField(
        label=_("Tags for everybody in the file"),
        required=False,
        max_length=2_000,
        widget=Names,
        help_text=_("Separated by commas; new ones are made."),
    )
    segment = forms.ChoiceField(label=_("Segment for everybody"), required=False)
    owner = forms.ChoiceField(label=_("Owner of the contacts"), required=False)
    silence = forms.ChoiceField(
        label=_("An empty cell"), choices=_SILENCE, widget=forms.RadioSelect, required=False
    )
    asked_again = forms.BooleanField(
        label=_("These people asked again: lift earlier unsubscribes"),
        required=False,
        help_text=_("Complaints, bounces and what was decided by hand are never lifted."),
    )
    reason = forms.CharField(
        label=_("Where their consent comes from"),
        required=False,
        max_length=300,
        help_text=_("Kept with each consent as its proof; needed to lift unsubscribes."),
    )

    def __init__(self, row: Import, user: Any, data: Any = None) -> None:
        self.row, self.user = row, user
        options = row.options
        opt_in = options.get("opt_in") or {}
        initial = {
            "match": options["match"],
            "mode": options["mode"],
            "empty_clears": "yes" if options["empty_clears"] else "",
            "tags": ", ".join(options["tags"]),
            "segment": options.get("segment", ""),
            "owner": options.get("owner", ""),
            "silence": opt_in.get("empty", "unchanged"),
            "asked_again": opt_in.get("asked_again", False),
            "reason": opt_in.get("reason", ""),
        }
        super().__init__(data, initial=initial)
        self._offer()

    def _offer(self) -> None:
        """Offer what this user may, and what this file can."""
        chosen = self.fields
        kind, mapped = of(self.row), self.row.plan["fields"]
        companies = kind.key == COMPANY
        matches = _matches_of_companies(mapped) if companies else _matches(mapped)
        chosen["match"].choices = matches  # type: ignore[attr-defined]
        allowed = [
            (mode, label)
            for mode, label in (_MODES_OF_COMPANIES if companies else _MODES).items()
            if all(self._may(kind.rights, verb) for verb in VERBS_OF_MODES[mode])
        ]
        chosen["mode"].choices = allowed  # type: ignore[attr-defined]
        segments = [] if companies else subjects.offered("segment", self.user, "edit")
        if companies:
            del chosen["tags"]
            chosen["match"].label, chosen["match"].help_text = OF_COMPANIES, ""
            chosen["owner"].label = _("Owner of the companies")
        if segments:
            listed = [("", _("none")), *((str(number), name) for number, name in segments)]
            chosen["segment"].choices = listed  # type: ignore[attr-defined]
        else:
            del chosen["segment"]
        if self.user.reach(kind.rights, "edit") is Reach.ALL:
            chosen["owner"].choices = _owners()  # type: ignore[attr-defined]
        else:
            del chosen["owner"]
        if not self.row.options.get("opt_in"):
            del chosen["silence"], chosen["reason"], chosen["asked_again"]
        elif not self._may("resubscriptions", "create"):
            del chosen["asked_again"]

    def clean(self) -> Options:
        """Have it said why unsubscribes are lifted."""
        said: Options = super().clean() or {}
        if said.get("asked_again") and not said.get("reason", "").strip():
            message = _("Say where their consent comes from: it is kept as the proof.")
            self.add_error("reason", message)
        return said

    def settings(self) -> Options:
        """Return the settings of the draft with these rules."""
        said = self.cleaned_data
        options = dict(self.row.options) | {
            "match": said["match"],
            "mode": said["mode"],
            "empty_clears": said["empty_clears"] == "yes" and said["mode"] != "fill",
            "tags": [tag.strip() for tag in said.get("tags", "").split(",") if tag.strip()],
            "segment": int(said["segment"]) if said.get("segment") else None,
            "owner": int(said["owner"]) if said.get("owner") else None,
        }
        if said["match"] != "id":
            options["mapping"] = {k: v for k, v in options["mapping"].items() if v != "id"}
        if options.get("opt_in"):
            options["opt_in"] = {
                "column": options["opt_in"]["column"],
                "empty": said["silence"] or "unchanged",
                "asked_again": bool(said.get("asked_again")),
                "reason": said["reason"].strip() or None,
            }
        return options

    def _may(self, kind: str, verb: str) -> bool:
        return self.user.reach(kind, verb) is not Reach.NONE


def _matches(mapped: dict[str, str]) -> list[tuple[str, Any]]:
    """Return what can tell contacts apart; first what a column holds."""
    known = catalogue()
    kinds = preferences.get("contacts.unique_kinds")
    unique = [
        spec
        for spec in known.fields.values()
        if spec.alias == "email" or spec.unique or spec.alias in kinds
    ]
    found = [(spec.alias, spec.name) for spec in unique]
    if "id" in mapped.values():
        found.append(("id", str(_("Id in Relais"))))
    return _told(found, mapped)


def _told(found: list[tuple[str, str]], mapped: dict[str, str]) -> list[tuple[str, Any]]:
    """Say of each whether a column holds it."""
    present = set(mapped.values())
    words = _("%(field)s (no column goes there)")
    return [
        (alias, label if alias in present else words % {"field": label}) for alias, label in found
    ]


def _matches_of_companies(mapped: dict[str, str]) -> list[tuple[str, Any]]:
    """Return what can tell companies apart."""
    found = [("name", str(_("Name")))]
    found += [(alias, spec.name) for alias, spec in company_keys.unique().items()]
    if "id" in mapped.values():
        found.append(("id", str(_("Id in Relais"))))
    return _told(found, mapped)


def _owners() -> list[tuple[str, Any]]:
    return [("", _("as it is")), *owners.people()]
