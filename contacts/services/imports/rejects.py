"""The rows an import refused, as a file that can be mended and imported again."""

import csv
import io
from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contacts.models import Import, ImportReject
from contacts.values.problem import said
from kernel.formulas import guarded

# Names that no mapping takes for a field.
LINE, REASON = "import_line", "import_reason"


def reason(reject: ImportReject) -> str:
    """Say why a row was refused in the language in force; columns are named as in the file."""
    words = []
    for one in reject.reasons:
        sentence = said(one["text"], one.get("values", {}))
        words.append(f"{one['column']}: {sentence}" if one.get("column") else sentence)
    return " ".join(words)


def rejects_as_csv(imported: Import) -> Iterator[str]:
    """Return the file: the columns as they were, then the line and the reason of each row.

    It begins with a byte-order mark, by which spreadsheets know UTF-8. The language is that of
    who asks, though the lines are written later.
    """
    return _lines(imported, get_language() or "en")


def _lines(imported: Import, language: str) -> Iterator[str]:
    columns: list[str] = imported.plan["columns"]
    separator: str = imported.plan["dialect"]["separator"]
    yield "\ufeff" + _line([*columns, LINE, REASON], separator)
    rows = ImportReject.objects.filter(import_id=imported.pk).order_by("line")
    for reject in rows.iterator(chunk_size=1_000):
        cells = [str(cell) for cell in reject.cells]
        beyond = cells[len(columns) :]
        with translation.override(language):
            why = reason(reject)
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
