"""Decide which column goes into which field: what a person says first, then by the name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from contacts.catalogue import Catalogue
from contacts.services.imports import employers
from contacts.services.imports.headers import kin, meaning, normal
from contacts.services.imports.objects import CONTACT
from contacts.services.imports.standing import SAID_ONLY, offered
from kernel.registry import ConfigProblem, Problem

# What a column may hold beside the values of fields.
BESIDE_FIELDS = ("tags", "owner")
# What a column that names people or their company is in a file of companies.
NAMES_OF_COMPANIES = {"company": "name", "last_name": "name"}


@dataclass(frozen=True)
class Targets:
    """What columns can be mapped to: fields that may be written, and a little beside them."""

    catalogue: Catalogue
    match: str = "email"
    object: str = CONTACT

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """Our own ids are read only by an import that finds contacts by them."""
        of_people = (*BESIDE_FIELDS, *offered(), *employers.offered())
        beside = of_people if self.object == CONTACT else ("owner",)
        return (*beside, "id") if self.match == "id" else beside

    def meaning(self, column: str) -> str | None:
        """Return the field that a column of this name most likely holds."""
        alias = meaning(column)
        return alias if self.object == CONTACT else NAMES_OF_COMPANIES.get(alias or "", alias)

    def aliases(self) -> list[str]:
        """Return every alias that a column can be mapped to."""
        fields = self.catalogue.fields.values()
        return [*(spec.alias for spec in fields if spec.writable), *self.beside]

    def is_known(self, alias: str) -> bool:
        """Say whether there is anything of this name."""
        return alias in self.beside or self.catalogue.get(alias) is not None

    def is_writable(self, alias: str) -> bool:
        """Say whether an import may write there."""
        spec = self.catalogue.get(alias)
        return alias in self.beside or (spec is not None and spec.writable)

    def by_name(self) -> dict[str, str]:
        """Return every name under which a field is known to people, custom ones before core."""
        names = {normal(alias): alias for alias in self.beside if alias not in SAID_ONLY}
        known = (*self.catalogue.custom, *self.catalogue.fields.values())
        specs = [spec for spec in known if spec.alias not in SAID_ONLY]
        # An alias belongs to one field; the label of another must not take a column from it.
        for spec in specs:
            names.setdefault(normal(spec.alias), spec.alias)
        for spec in specs:
            for name in (str(spec.label), *spec.labels.values()):
                names.setdefault(normal(str(name)), spec.alias)
        return names

    def by_kin(self) -> dict[str | None, str]:
        """Return, for names that mean the same, the first field of one's own that has one."""
        found: dict[str | None, str] = {}
        for spec in self.catalogue.custom:
            for name in (spec.alias, str(spec.label), *spec.labels.values()):
                found.setdefault(kin(str(name)), spec.alias)
        found.pop(None, None)
        return found


def map_columns(
    columns: Sequence[str],
    chosen: Mapping[str, str | None],
    targets: Targets,
    taken: Iterable[str] = (),
) -> dict[str, str]:
    """Return column → alias; `chosen` wins, and an empty alias in it leaves a column out.

    `taken` are columns with another part to play (opt-in, bounce state), never guessed as fields.
    """
    found = _explicit(columns, chosen, targets)
    used = {alias for alias in found.values() if alias}
    left_out = {*found, *taken}
    names, kindred = targets.by_name(), targets.by_kin()
    guesses = (
        lambda column: names.get(normal(column)),
        targets.meaning,
        lambda column: kindred.get(kin(column)),
    )
    for guess in guesses:
        for column in columns:
            if column in left_out or column in found:
                continue
            alias = guess(column)
            if alias and alias not in used and targets.is_writable(alias):
                found[column] = alias
                used.add(alias)
    return {column: alias for column in columns if (alias := found.get(column))}


def find_column(name: str, columns: Sequence[str]) -> str | None:
    """Find a column by its name, if need be without regard to capitals and spaces."""
    if name in columns:
        return name
    wanted = " ".join(name.split()).casefold()
    same = [column for column in columns if column.casefold() == wanted]
    return same[0] if len(same) == 1 else None


def _explicit(
    columns: Sequence[str], chosen: Mapping[str, str | None], targets: Targets
) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    problems: list[Problem] = []
    for name, alias in chosen.items():
        column = find_column(name, columns)
        code, message = _wrong(column, alias, targets, found)
        if code:
            problems.append({"field": f"options.mapping.{name}", "code": code, "message": message})
        elif column is not None:
            found[column] = alias or None
    if problems:
        raise ConfigProblem(problems)
    return found


def _wrong(
    column: str | None,
    alias: str | None,
    targets: Targets,
    found: Mapping[str, str | None],
) -> tuple[str, str]:
    if column is None:
        return "unknown_column", _("The file has no column of this name.")
    if not alias:
        return "", ""
    if not targets.is_known(alias):
        return "unknown_field", _("There is no field %(alias)s.") % {"alias": alias}
    if not targets.is_writable(alias):
        return "read_only", _("The field %(alias)s cannot be written.") % {"alias": alias}
    if alias in found.values():
        message = _("Two columns are mapped to the field %(alias)s.")
        return "duplicate", message % {"alias": alias}
    return "", ""
