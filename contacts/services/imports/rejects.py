"""The rows an import refused, as a file that can be mended and imported again."""

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from contacts.models import Import, ImportReject
from kernel.formulas import guarded

# Names that no mapping takes for a field.
LINE, REASON = "import_line", "import_reason"


def rejects_as_csv(imported: Import) -> Iterator[str]:
    """Yield the file: the columns as they were, then the line and the reason of each row.

    It begins with a byte-order mark, by which spreadsheets know UTF-8.
    """
    columns: list[str] = imported.plan["columns"]
    separator: str = imported.plan["dialect"]["separator"]
    yield "\ufeff" + _line([*columns, LINE, REASON], separator)
    rows = ImportReject.objects.filter(import_id=imported.pk).order_by("line")
    for reject in rows.iterator(chunk_size=1_000):
        cells = [str(cell) for cell in reject.cells]
        beyond = cells[len(columns) :]
        reason = reject.reason
        if beyond:
            # Kept within the row: more cells would push line and reason out of their columns.
            reason += " " + _("Cells beyond the header: %(cells)s") % {"cells": " | ".join(beyond)}
        cells = cells[: len(columns)] + [""] * (len(columns) - len(cells))
        yield _line([*cells, str(reject.line), reason], separator)


def _line(cells: list[str], separator: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerow([guarded(cell) for cell in cells])
    return text.getvalue()
