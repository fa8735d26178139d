"""The rows an import refused, or wrote and did not place, as files to be mended."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contacts.catalogue import hidden
from contacts.models import Import, ImportReject
from contacts.services.imports.objects import CONTACT, of
from contacts.values.problem import said
from kernel.formulas import guarded

# Names that no mapping takes for a field.
LINE, REASON = EARLIER = ("import_line", "import_reason")


def reason(
    reject: ImportReject,
    names: Mapping[str, str] | None = None,
    secret: Collection[str] = (),
) -> str:
    """Say why a row was refused in the language in force.

    Columns are named as in the file, or by `names` where there is one. Of those in `secret` no
    more is said: a reason may hold parts of the cell.
    """
    words = []
    for one in reject.reasons:
        sentence = said(one["text"], one.get("values", {}))
        if one.get("column") in secret:
            sentence = _("This value cannot be taken.")
        if column := one.get("column"):
            named = {"column": (names or {}).get(column, column), "why": sentence}
            sentence = _("%(column)s: %(why)s") % named
        words.append(sentence)
    return " ".join(words)


def columns_of(imported: Import) -> list[str]:
    """Return the columns, without the line and the reason of an earlier refusal."""
    columns: list[str] = imported.plan["columns"]
    return columns[:-2] if tuple(columns[-2:]) == EARLIER else columns


def kept_back(imported: Import) -> frozenset[str]:
    """Return the columns whose cells whoever reads now may not see."""
    if of(imported).key != CONTACT or not (secret := hidden()):
        return frozenset()
    return frozenset(column for column, alias in imported.plan["fields"].items() if alias in secret)


def cells_of(reject: ImportReject, columns: Sequence[str], secret: Collection[str]) -> list[str]:
    """Return the cells of a row, those of some columns empty.

    All of them are in a row that is longer or shorter than the header: nothing tells there which
    cell is of which column.
    """
    cells = [str(cell) for cell in reject.cells]
    if secret and len(cells) != len(columns):
        return [""] * len(columns)
    places = {number for number, column in enumerate(columns) if column in secret}
    return ["" if number in places else cell for number, cell in enumerate(cells)]


def rejects_as_csv(imported: Import, *, written: bool = False) -> Iterator[str]:
    """Return the file: the columns as they were, then the line and the reason of each row.

    Its rows are those that were refused or, where `written`, those that were not placed. It
    begins with a byte-order mark, by which spreadsheets know UTF-8. The language, and what may be
    seen, are those of who asks, though the lines are written later.
    """
    secret = kept_back(imported)
    return _lines(imported, get_language() or "en", secret, written=written)


def _lines(
    imported: Import, language: str, secret: frozenset[str], *, written: bool
) -> Iterator[str]:
    columns = columns_of(imported)
    separator: str = imported.plan["dialect"]["separator"]
    yield "\ufeff" + _line([*columns, LINE, REASON], separator)
    rows = ImportReject.objects.filter(import_id=imported.pk, written=written).order_by("line")
    for reject in rows.iterator(chunk_size=1_000):
        cells = cells_of(reject, imported.plan["columns"], secret)
        beyond = cells[len(imported.plan["columns"]) :]
        with translation.override(language):
            why = reason(reject, secret=secret)
            if beyond:
                # Kept within the row: more cells would push line and reason out of their columns.
                cells_beyond = _("Cells beyond the header: %(cells)s")
                why += " " + cells_beyond % {"cells": " | ".join(beyond)}
        cells = cells[: len(columns)] + [""] * (len(columns) - len(cells))
        yield _line([*cells, str(reject.line), why], separator)


def _line(cells: list[str], separator: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerow([guarded(cell) for cell in cells])
    return text.getvalue()
