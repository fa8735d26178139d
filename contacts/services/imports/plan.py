"""Look at a file and settle everything an import of it needs, or say what stands in the way."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from contacts.catalogue import Catalogue
from contacts.services.imports.convert import Conventions, Converter, Parts
from contacts.services.imports.dates import sniff_order
from contacts.services.imports.identities import find_owner
from contacts.services.imports.mapping import Targets, find_column, map_columns
from contacts.services.imports.newfields import with_new
from contacts.services.imports.numbers import sniff_decimal
from contacts.services.imports.objects import KINDS
from contacts.services.imports.options import Options
from contacts.services.imports.reading import Row, Table, opened
from contacts.services.imports.sniff import Dialect, Sniffed, sniff
from contacts.services.imports.spreadsheet import is_spreadsheet, opened_sheet
from contacts.services.imports.trouble import refuse
from kernel import preferences
from kernel.registry import ConfigProblem, Problem

# Rows looked at to tell decimal commas and the order of dates.
SAMPLE = 1_000
_UNIQUE = "contacts.unique_kinds"


@dataclass(frozen=True)
class Plan:
    """How one file is read and what its columns become; kept with the import as JSON."""

    columns: list[str]
    fields: dict[str, str]
    dialect: Dialect
    conventions: Conventions
    # The sheet to read, when the file is a spreadsheet.
    spreadsheet: bool = False
    sheet: str | None = None
    opt_in: str | None = None
    bounce: str | None = None
    empty_clears: bool = False
    # Whom the contacts are to belong to.
    owner: int | None = None
    # Whether only contacts of the starter's own may be touched.
    only_own: bool = False
    language: str = "en"
    # Rows there are at most, as far as one look can tell; 0 = unknown.
    expected: int = 0
    sample: Sequence[Row] = field(default=(), repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return it for the import's row."""
        document = asdict(self)
        del document["sample"]
        return document

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Plan":
        """Read it back."""
        rest = {key: value for key, value in document.items() if key != "conventions"}
        rest["dialect"] = Dialect(**document["dialect"])
        return cls(conventions=Conventions(**document["conventions"]), **rest)

    def converter(self, fields: Catalogue, now: datetime) -> Converter:
        """Return what converts this file's rows."""
        parts = Parts(self.fields, self.opt_in, self.bounce)
        return Converter(
            self.columns, parts, fields, self.conventions, now, empty_clears=self.empty_clears
        )


def plan(path: Path, options: Options, *, ready: bool = True) -> Plan:
    """Settle how a file is imported, or raise `ConfigProblem` with what a person must change.

    A preview is shown before all is `ready`: whether rows can find their contacts is not asked.
    """
    written = dict(options.written)
    spreadsheet = is_spreadsheet(path)
    sniffed = Sniffed(Dialect(), 0, 0) if spreadsheet else sniff(path, written)
    header = written.get("header", sniffed.dialect.header)
    if not header and "header" not in written:
        message = _("The first row holds values, not the names of columns.")
        raise refuse("file", "no_header", message)
    sheet = written.get("sheet")
    try:
        with _opened(path, sniffed.dialect, sheet, spreadsheet=spreadsheet, header=header) as table:
            columns, sample = table.columns, list(islice(table.rows, SAMPLE))
    except UnicodeError as error:
        message = _("The file cannot be read in this encoding.")
        raise refuse("options.encoding", "bad_encoding", message) from error
    kind = KINDS[options.object]
    known, made = with_new(kind.fields(), options.new_fields, kind.key)
    opt_in = _column(options.opt_in.column if options.opt_in else None, columns, "opt_in")
    bounce = _column(options.bounce, columns, "bounce")
    taken = [column for column in (opt_in, bounce) if column]
    chosen = {**options.mapping, **made}
    fields = map_columns(columns, chosen, Targets(known, options.match, kind.key), taken)
    if ready and (problems := match_problems(options.match, fields, known)):
        raise ConfigProblem(problems)
    return Plan(
        columns=columns,
        fields=fields,
        dialect=sniffed.dialect if not spreadsheet else Dialect(header=header),
        conventions=_conventions(options, sniffed.dialect, _values(columns, fields, sample, known)),
        spreadsheet=spreadsheet,
        sheet=sheet,
        opt_in=opt_in,
        bounce=bounce,
        empty_clears=options.empty_clears,
        owner=find_owner(options.owner),
        expected=sniffed.lines,
        sample=sample,
    )


def _opened(
    path: Path, dialect: Dialect, sheet: str | None, *, spreadsheet: bool, header: bool
) -> AbstractContextManager[Table]:
    return opened_sheet(path, sheet, header=header) if spreadsheet else opened(path, dialect)


def _column(name: str | None, columns: Sequence[str], option: str) -> str | None:
    if not name:
        return None
    column = find_column(name, columns)
    if column is None:
        message = _("The file has no column of this name.")
        raise refuse(f"options.{option}.column", "unknown_column", message)
    return column


def match_problems(match: str, fields: Mapping[str, str], known: Catalogue) -> list[Problem]:
    """Rows find their contacts by a field that only one contact can have a value of."""
    spec, place = known.get(match), "options.match"
    if match == "id":
        pass
    elif spec is None:
        message = _("There is no field %(alias)s.") % {"alias": match}
        return [{"field": place, "code": "unknown_field", "message": message}]
    elif not (match == "email" or spec.unique or match in preferences.get(_UNIQUE)):
        message = _("Only a field that is unique can tell contacts apart.")
        return [{"field": place, "code": "not_unique", "message": message}]
    if match in fields.values():
        return []
    message = _("No column of the file is mapped to %(alias)s, by which contacts are found.")
    code = "match_missing"
    return [{"field": "options.mapping", "code": code, "message": message % {"alias": match}}]


Values = dict[str, list[str]]


def _values(
    columns: Sequence[str], fields: Mapping[str, str], sample: Iterable[Row], known: Catalogue
) -> Values:
    """Collect the cells of the sample by type of field."""
    found: Values = {}
    for place, column in enumerate(columns):
        spec = known.get(fields.get(column, ""))
        if spec is not None and spec.type in {"number", "date", "datetime"}:
            cells = (row.cells[place].strip() for row in sample if not row.problem)
            found.setdefault(spec.type, []).extend(cell for cell in cells if cell)
    return found


def _conventions(options: Options, dialect: Dialect, values: Values) -> Conventions:
    written = options.written
    dates = [*values.get("date", ()), *values.get("datetime", ())]
    return Conventions(
        decimal=written.get("decimal")
        or sniff_decimal(values.get("number", ()), dialect.separator),
        date_order=written.get("date_order") or sniff_order(dates),
        timezone=options.timezone or preferences.get("workspace.timezone"),
    )
