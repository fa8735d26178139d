"""Fields that an import makes for its columns: guessed, looked at, made when it starts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from contacts.catalogue import Catalogue, spec_of
from contacts.models import Field
from contacts.models.field import FieldType
from contacts.services import fields
from contacts.services.fields.naming import alias_from, once
from contacts.services.imports.answers import YES_NO
from contacts.services.imports.dates import read_date
from contacts.services.imports.numbers import plain_number
from contacts.values import ValueProblem
from kernel.registry import ConfigProblem

MOST_NEW = 100
# What a file can fill without further questions; choices are defined in the settings.
TYPES = tuple(
    kind.value
    for kind in FieldType
    if kind not in {FieldType.SELECT, FieldType.MULTISELECT, FieldType.LOOKUP}
)
_SHORT = 250
_LOOKED_AT = 200


@dataclass(frozen=True)
class NewField:
    """A field to be: what it is called and what it holds."""

    label: str
    type: str = "text"


def with_new(
    known: Catalogue, new: Mapping[str, NewField], of: str = Field.Object.CONTACT
) -> tuple[Catalogue, dict[str, str]]:
    """Return the fields as they will be, and column → alias of those to be made."""
    if not new:
        return known, {}
    added, mapping, taken = {}, {}, {*known.fields, *once(of)}
    for column, wanted in new.items():
        alias = alias_from(wanted.label, of)
        if alias in taken:
            alias = next(name for n in range(2, 10_000) if (name := f"{alias}_{n}") not in taken)
        taken.add(alias)
        row = Field(object=of, alias=alias, type=wanted.type, label=wanted.label)
        row.decimals = 6 if wanted.type == FieldType.NUMBER else 0
        added[alias], mapping[column] = spec_of(row), alias
    return replace(known, fields={**known.fields, **added}), mapping


def make(new: Mapping[str, NewField], mapping: Mapping[str, str], now: datetime, of: str) -> None:
    """Make the fields under the aliases they were planned with, in the caller's transaction."""
    for column, wanted in new.items():
        values = {"label": wanted.label, "type": wanted.type, "alias": mapping[column]}
        values["object"] = of
        try:
            fields.create(values, now)
        except ConfigProblem as problem:
            place = f"options.new_fields.{column}"
            found = [{**one, "field": f"{place}.{one['field']}"} for one in problem.problems]
            raise ConfigProblem(found) from problem


def guess_type(cells: Iterable[str]) -> str:
    """Tell what kind of field holds these cells; text, unless all of them say otherwise."""
    seen = list(islice((cell.strip() for cell in cells if cell.strip()), _LOOKED_AT))
    if not seen:
        return FieldType.TEXT.value
    for kind, is_one in _TESTS:
        if all(is_one(cell) for cell in seen):
            return kind
    longest = max(map(len, seen))
    many = longest > _SHORT or any("\n" in cell for cell in seen)
    return FieldType.LONG_TEXT.value if many else FieldType.TEXT.value


def _is_answer(cell: str) -> bool:
    return cell.casefold() in YES_NO and not cell.isdigit()


def _is_date(cell: str) -> bool:
    try:
        read_date(cell, "dmy", date(2000, 1, 1))
    except (ValueError, OverflowError, ValueProblem):
        return False
    return len(cell) <= 20 and " " not in cell.strip()


def _is_number(cell: str) -> bool:
    # 01234 and +33 6 12 34 56 78 are names of something, not quantities.
    bare = cell.lstrip("-")
    if cell[:1] == "+" or (bare[:1] == "0" and bare[1:2].isdigit()) or len(bare) > 15:
        return False
    try:
        plain_number(cell, ".")
    except ValueError:
        return False
    return True


def _is_address(cell: str) -> bool:
    return "@" in cell[1:-3] and " " not in cell


def _is_page(cell: str) -> bool:
    return cell.startswith(("http://", "https://"))


_TESTS = (
    ("boolean", _is_answer),
    ("number", _is_number),
    ("date", _is_date),
    ("email", _is_address),
    ("url", _is_page),
)
