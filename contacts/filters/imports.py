"""The condition on imports: met by one, added by one, updated by one, or not."""

from collections.abc import Mapping
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.models import Import, ImportContact
from kernel.filters import ContactFilter, Mode, Reading, Sql, Value, contact_filters, refuse
from kernel.filters.operands import ids
from kernel.filters.wording import said_list
from kernel.permissions import narrow
from kernel.subjects import names as subject_names

_ANY = tuple(ImportContact.What.values)
# Operator → what an import must have done, and how people say it.
_DONE: dict[str, tuple[tuple[int, ...], Any]] = {
    "in": (_ANY, _lazy("was in any of these imports: %(names)s")),
    "added_by": ((ImportContact.What.CREATED,), _lazy("was added by any of these: %(names)s")),
    "updated_by": ((ImportContact.What.UPDATED,), _lazy("was updated by any of these: %(names)s")),
}
_NOT_DONE: dict[str, Any] = {
    "in": _lazy("was in none of these imports: %(names)s"),
    "added_by": _lazy("was added by none of these: %(names)s"),
    "updated_by": _lazy("was updated by none of these: %(names)s"),
}
OPERATORS = tuple(f"{word}{op}" for op in _DONE for word in ("", "not_"))


@contact_filters.register
class ImportedBy(ContactFilter):
    """Contacts that some imports met, or none of them.

    Operators: `in added_by updated_by` and their negations `not_in not_added_by not_updated_by`.
    """

    key = "contacts.imported"
    label = _lazy("Import")
    names = "import"
    keys = frozenset({"import", "op"})
    examples = ({"import": [12], "op": "added_by"}, {"import": [12, 13], "op": "not_in"})
    cost = 4

    def __init__(self, config: Mapping[str, Any], imports: list[int]) -> None:
        super().__init__(config)
        self.imports = imports
        self.op = config["op"].removeprefix("not_")
        self.outside = config["op"] != self.op

    @classmethod
    def read(cls, config: Mapping[str, Any], reading: Reading) -> Self:
        """Check the operator and that the imports exist, for whoever wrote the condition."""
        imports = ids(config["import"], "import")
        op = config.get("op")
        if op is None:
            raise refuse("op", "required", _("An operator is needed here."))
        if op not in OPERATORS:
            message = _("One of these is expected: %(operators)s.")
            message %= {"operators": ", ".join(OPERATORS)}
            raise refuse("op", "invalid_operator", message)
        if reading.verify:
            _check_visible(imports, isinstance(config["import"], list), reading)
        return cls(config, imports)

    def predicate(self, mode: Mode) -> Sql:
        """Look into what imports remember."""
        rows: Sql = (
            "FROM import_contact ic WHERE ic.import_id = ANY (",
            Value(self.imports, "bigint[]"),
            ") AND ic.what = ANY (",
            Value([int(what) for what in _DONE[self.op][0]], "smallint[]"),
            ")",
        )
        word = "NOT " if self.outside else ""
        if mode is Mode.SET:
            return (f"c.id {word}IN (SELECT ic.contact_id ", *rows, ")")
        return (f"{word}EXISTS (SELECT 1 ", *rows, " AND ic.contact_id = c.id)")

    def reads(self) -> set[str]:
        """Imports tell whom they met when they end."""
        return {f"import:{number}" for number in self.imports}

    def uses(self) -> list[tuple[str, int]]:
        """Name the imports."""
        return [("import", number) for number in self.imports]

    def sentence(self) -> str:
        """Say the names of the files."""
        known = subject_names("import", self.imports)
        names = said_list([known.get(number, f"#{number}") for number in self.imports])
        template = _NOT_DONE[self.op] if self.outside else _DONE[self.op][1]
        return str(template) % {"names": names}


def _check_visible(imports: list[int], several: bool, reading: Reading) -> None:  # noqa: FBT001
    rows = Import.objects.filter(pk__in=imports)
    if reading.user is not None:
        rows = narrow(rows, reading.user, "imports", "view")
    known = set(rows.values_list("pk", flat=True))
    for place, number in enumerate(imports):
        if number not in known:
            field = f"import.{place}" if several else "import"
            raise refuse(field, "not_found", _("There is no such import."))
