"""Columns of a file of people that name their company by a unique field of it, such as a SIREN."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from contacts.catalogue import FieldSpec
from contacts.models import Company
from contacts.services import company_keys
from contacts.services.companies import Employers, by_name
from contacts.services.identity import Key
from kernel.registry import Problem

PREFIX = "company."
Values = dict[str, Any]


@dataclass
class Placed:
    """Rows with the name of the company that each means, and which are refused, by place."""

    rows: list[Values]
    rejected: dict[int, list[Problem]] = field(default_factory=dict)
    # For whoever writes them: only then are companies made.
    employers: Employers = field(default_factory=Employers)


class _Refused(Exception):  # noqa: N818 - an answer about one row, caught here
    def __init__(self, alias: str, code: str, message: str) -> None:
        super().__init__(message)
        self.problem: Problem = {"field": f"{PREFIX}{alias}", "code": code, "message": message}


def offered() -> dict[str, FieldSpec]:
    """Return the unique fields of companies by what a column is mapped to."""
    return {f"{PREFIX}{alias}": spec for alias, spec in company_keys.unique().items()}


def placed(rows: Sequence[Values], *, holds: bool = True) -> Placed:
    """Find out which company each row means; nothing is made or changed.

    What is unique stays so until the transaction ends, unless `holds` is false: for who only asks.
    """
    if not any(_given(row) for row in rows):
        return Placed(list(rows))
    unique = company_keys.held() if holds else company_keys.unique()
    wanted = [
        {alias: value for alias, value in _given(row).items() if alias in unique} for row in rows
    ]
    bare = [{k: v for k, v in row.items() if not k.startswith(PREFIX)} for row in rows]
    placing, rejected = _Placing(bare, wanted), dict[int, list[Problem]]()
    for place, row in enumerate(bare):
        if wanted[place]:
            try:
                row["company"] = placing.name_of(wanted[place], row.get("company"))
            except _Refused as refused:
                rejected[place] = [refused.problem]
    return Placed(bare, rejected, Employers(placing.born, placing.meant))


def _given(row: Mapping[str, Any]) -> Values:
    """Return the values that a row names its company by."""
    return {
        alias.removeprefix(PREFIX): value
        for alias, value in row.items()
        if alias.startswith(PREFIX) and value is not None
    }


class _Placing:
    """Places rows one after the other: companies that earlier ones make are known to later."""

    def __init__(self, rows: Sequence[Values], wanted: Sequence[Values]) -> None:
        keys = {key for values in wanted for key in _keys(values)}
        owners, former = company_keys.holders(keys)
        self._found = {**former, **owners}
        names = {row["company"] for row in rows if row.get("company")}
        self._named = {
            company_keys.folded(name): company for name, company in by_name(names).items()
        }
        known = Company.objects.filter(pk__in={*self._found.values(), *self._named.values()})
        self._known = {row.pk: row for row in known}
        self._spelled: dict[str, str] = {}
        self._planned: dict[Key, str] = {}
        self.born: dict[str, Values] = {}
        self.meant: dict[str, int] = {}

    def name_of(self, values: Values, name: str | None) -> str:
        """Return the name of the company that has these values, or that is made with them."""
        company = self._by_keys(values)
        if company is None and name:
            folded = company_keys.folded(name)
            company = self._named.get(folded, folded)
        if company is None:
            message = _("No company has this value, and the row does not name one.")
            raise _Refused(next(iter(values)), "not_found", message)
        if isinstance(company, str):
            return self._new(company, values, name or "")
        row = self._known.get(company)
        if row is None:
            raise _Refused(next(iter(values)), "not_found", _("There is no such company."))
        left = {a: v for a, v in values.items() if (a, company_keys.key(a, v)) not in self._found}
        _check(row.attrs, left)
        if len(left) < len(values):
            # Found by a value, whatever the row calls it.
            self.meant[row.name] = company
            return row.name
        return name or ""

    def _by_keys(self, values: Values) -> int | str | None:
        """Return the company that has one of these values: its id, or its name if it is new."""
        found: dict[int | str, str] = {}
        for key in _keys(values):
            company = self._found.get(key) or self._planned.get(key)
            if company is not None:
                found.setdefault(company, key[0])
        if len(found) > 1:
            message = _("The values of this row are those of different companies.")
            raise _Refused(list(found.values())[1], "taken", message)
        return next(iter(found), None)

    def _new(self, folded: str, values: Values, name: str) -> str:
        """Return the name that a company to be made is first called by."""
        _check(self.born.get(folded, {}), values)
        self.born[folded] = {**values, **self.born.get(folded, {})}
        self._planned |= dict.fromkeys(_keys(values), folded)
        return self._spelled.setdefault(folded, name)


def _keys(values: Values) -> list[Key]:
    return [(alias, company_keys.key(alias, value)) for alias, value in values.items()]


def _check(theirs: Mapping[str, Any], values: Values) -> None:
    """Refuse to put people into a company whose values are others."""
    for alias, value in values.items():
        has = theirs.get(alias)
        if has is not None and company_keys.key(alias, has) != company_keys.key(alias, value):
            raise _Refused(alias, "taken", _("The company has another value here."))
