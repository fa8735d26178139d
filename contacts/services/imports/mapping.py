"""Decide which column goes into which field: what a person says first, then by the name."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from contacts.catalogue import Catalogue
from contacts.services.imports.headers import meaning, normal
from kernel.registry import ConfigProblem, Problem

# What a column may hold beside the values of fields.
BESIDE_FIELDS = ("tags", "owner", "id")


def map_columns(
    columns: Sequence[str],
    chosen: Mapping[str, str | None],
    catalogue: Catalogue,
    taken: Iterable[str] = (),
) -> dict[str, str]:
    """Return column → alias; `chosen` wins, and an empty alias in it leaves a column out.

    `taken` are columns with another part to play (opt-in, bounce state), never guessed as fields.
    """
    explicit = _explicit(columns, chosen, catalogue)
    used = {alias for alias in explicit.values() if alias}
    left_out = {*explicit, *taken}
    found = dict(explicit)
    by_name = _names_of_fields(catalogue)
    for exact in (True, False):
        for column in columns:
            if column in left_out or column in found:
                continue
            alias = by_name.get(normal(column)) if exact else meaning(column)
            if alias and alias not in used and is_writable(alias, catalogue):
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


def writable(catalogue: Catalogue) -> list[str]:
    """Return every alias that a column can be mapped to."""
    return [*(alias for alias, spec in catalogue.fields.items() if spec.writable), *BESIDE_FIELDS]


def is_writable(alias: str, catalogue: Catalogue) -> bool:
    """Say whether an import may write there."""
    spec = catalogue.get(alias)
    return alias in BESIDE_FIELDS or (spec is not None and spec.writable)


def _explicit(
    columns: Sequence[str], chosen: Mapping[str, str | None], catalogue: Catalogue
) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    problems: list[Problem] = []
    for name, alias in chosen.items():
        column = find_column(name, columns)
        code, message = _wrong(column, alias, catalogue, found)
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
    catalogue: Catalogue,
    found: Mapping[str, str | None],
) -> tuple[str, str]:
    if column is None:
        return "unknown_column", _("The file has no column of this name.")
    if not alias:
        return "", ""
    if alias not in BESIDE_FIELDS and catalogue.get(alias) is None:
        return "unknown_field", _("There is no field %(alias)s.") % {"alias": alias}
    if not is_writable(alias, catalogue):
        return "read_only", _("The field %(alias)s cannot be written.") % {"alias": alias}
    if alias in found.values():
        message = _("Two columns are mapped to the field %(alias)s.")
        return "duplicate", message % {"alias": alias}
    return "", ""


def _names_of_fields(catalogue: Catalogue) -> dict[str, str]:
    """Return every name under which a field is known to people, custom ones before core ones."""
    names: dict[str, str] = {}
    for spec in (*catalogue.custom, *catalogue.fields.values()):
        for name in (spec.alias, str(spec.label), *spec.labels.values()):
            names.setdefault(normal(str(name)), spec.alias)
    return names
