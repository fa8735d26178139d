"""Several choices at once, tags, and references to a person or a stage."""

from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.filters.family import Family, Target
from contacts.filters.targets import label_of
from contacts.models import Tag
from kernel.filters import Mode, Sql, refuse
from kernel.filters.operands import a_list, a_text, a_whole_number
from kernel.filters.pieces import Value, joined
from kernel.filters.wording import said_list
from kernel.subjects import names as subject_names

MOST_TAGS = 100
PHRASES = {
    "has_any": _lazy("%(field)s: any of %(value)s"),
    "has_all": _lazy("%(field)s: all of %(value)s"),
    "has_none": _lazy("%(field)s: none of %(value)s"),
    "is_empty": _lazy("%(field)s is empty"),
    "is_not_empty": _lazy("%(field)s is not empty"),
}


class Choices(Family):
    """Fields of several choices, kept as a JSON list."""

    types: ClassVar[tuple[str, ...]] = ("multiselect",)
    phrases: ClassVar = PHRASES
    takes: ClassVar = dict.fromkeys(PHRASES, _lazy("a list of texts"))
    negative: ClassVar = {"has_none": "has_any"}

    def operand(self, target: Target, op: str, value: Any) -> list[str]:
        """Take a list of values, in the spelling of the field's options."""
        options = {str(option["value"]).lower(): str(option["value"]) for option in target.options}
        items = a_list(value, "value")
        texts = [a_text(item, f"value.{number}") for number, item in enumerate(items)]
        return [options.get(text.lower(), text) for text in texts]

    def positive(self, target: Target, op: str, operand: list[str], mode: Mode) -> Sql:
        """Ask which keys the list has."""
        sign = "?|" if op == "has_any" else "?&"
        return (target.column(), f" {sign} ", Value(operand, "text[]"))

    def said(self, target: Target, op: str, operand: list[str]) -> str:
        """Say the labels."""
        return said_list([label_of(target, item) for item in operand])


class Tags(Family):
    """Tags by name, without regard to case; a tag that nobody has yet is no mistake."""

    types: ClassVar = ("tags",)
    phrases: ClassVar = PHRASES
    takes: ClassVar = dict.fromkeys(PHRASES, _lazy("a list of tags"))
    negative: ClassVar = {"has_none": "has_any"}

    def operand(self, target: Target, op: str, value: Any) -> list[str]:
        """Take a list of names."""
        items = a_list(value, "value", longest=MOST_TAGS)
        texts = [a_text(item, f"value.{number}") for number, item in enumerate(items)]
        return list(dict.fromkeys(text.strip() for text in texts))

    def positive(self, target: Target, op: str, operand: list[str], mode: Mode) -> Sql:
        """Look for the tags among those the contact has."""
        if op == "has_any":
            return _tagged(operand, mode)
        return joined([_tagged([name], mode) for name in operand], " AND ")

    def present(self, target: Target, mode: Mode) -> Sql:
        """Look for any tag."""
        if mode is Mode.SET:
            return ("c.id IN (SELECT contact_id FROM contact_tag)",)
        return ("EXISTS (SELECT 1 FROM contact_tag g WHERE g.contact_id = c.id)",)

    def uses(self, target: Target, operand: list[str] | None) -> list[tuple[str, int]]:
        """Name the tags there are."""
        keys = [name.lower() for name in operand or []]
        found = Tag.objects.filter(name_key__in=keys).values_list("pk", flat=True)
        return [("tag", number) for number in found]

    def said(self, target: Target, op: str, operand: list[str]) -> str:
        """Say the names."""
        return said_list(operand)


def _tagged(names: list[str], mode: Mode) -> Sql:
    named: Sql = (
        "t.name_key = ANY (ARRAY(SELECT lower(btrim(v)) FROM unnest(",
        Value(names, "text[]"),
        ") v))",
    )
    rows = "FROM contact_tag g JOIN tag t ON t.id = g.tag_id WHERE"
    if mode is Mode.SET:
        return (f"c.id IN (SELECT g.contact_id {rows} ", *named, ")")
    return (f"EXISTS (SELECT 1 {rows} g.contact_id = c.id AND ", *named, ")")


class References(Family):
    """The owner or the stage, by id; an owner by email, too."""

    types: ClassVar = ("owner", "stage")
    phrases: ClassVar = {
        "is": _lazy("%(field)s is %(value)s"),
        "is_not": _lazy("%(field)s is not %(value)s"),
        "in": _lazy("%(field)s is one of %(value)s"),
        "not_in": _lazy("%(field)s is none of %(value)s"),
        "is_empty": _lazy("%(field)s is empty"),
        "is_not_empty": _lazy("%(field)s is not empty"),
    }
    takes: ClassVar = {
        "is": _lazy("an id"),
        "is_not": _lazy("an id"),
        "in": _lazy("a list of ids"),
        "not_in": _lazy("a list of ids"),
    }
    negative: ClassVar = {"is_not": "is", "not_in": "in"}

    def operand(self, target: Target, op: str, value: Any) -> list[int]:
        """Take an id or a list of them."""
        if op in {"is", "is_not"}:
            return [_reference(target, value, "value")]
        items = a_list(value, "value")
        return [_reference(target, item, f"value.{number}") for number, item in enumerate(items)]

    def positive(self, target: Target, op: str, operand: list[int], mode: Mode) -> Sql:
        """Compare ids."""
        if len(operand) == 1:
            return (target.column(), " = ", Value(operand[0]))
        return (target.column(), " = ANY (", Value(operand, "bigint[]"), ")")

    def uses(self, target: Target, operand: list[int] | None) -> list[tuple[str, int]]:
        """Name the stages; an owner who goes leaves nobody behind."""
        stages = operand if target.type == "stage" else None
        return [("stage", number) for number in stages or []]

    def said(self, target: Target, op: str, operand: list[int]) -> str:
        """Say the names, where they are known."""
        known = subject_names("user" if target.type == "owner" else "stage", operand)
        return said_list([known.get(number, f"#{number}") for number in operand])


def _reference(target: Target, value: Any, place: str) -> int:
    if target.type == "owner" and isinstance(value, str) and "@" in value:
        email = a_text(value, place, longest=320)
        found = get_user_model().objects.filter(email__iexact=email).values_list("pk", flat=True)
        if not found:
            raise refuse(place, "unknown_owner", _("There is no user with this email."))
        return int(found[0])
    return a_whole_number(value, place)
