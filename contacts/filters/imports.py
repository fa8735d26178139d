"""The condition on imports: met by one, added by one, updated by one, or not."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from contacts.models.imports import What
from kernel.filters import Sql, Value, contact_filters
from kernel.filters.belonging import Belonging

# Operator → what an import must have done.
# Who was added and changed by later rows of the same file is both.
_DONE: Mapping[str, str] = {
    "in": "",
    "added_by": f" AND m.what = {What.CREATED:d}",
    "updated_by": f" AND (m.what = {What.UPDATED:d} OR m.changed)",
}


@contact_filters.register
class ImportedBy(Belonging):
    """Contacts that some imports met, or none of them.

    Operators: `in added_by updated_by` and their negations `not_in not_added_by not_updated_by`.
    """

    key = "contacts.imported"
    label = _("Import")
    names = "import"
    icon = "file-import"
    keys = frozenset({"import", "op"})
    examples = ({"import": [12], "op": "added_by"}, {"import": [12, 13], "op": "not_in"})
    phrases: ClassVar[Mapping[str, tuple[Any, Any]]] = {
        "in": (
            _("was in any of these imports: %(names)s"),
            _("was in none of these imports: %(names)s"),
        ),
        "added_by": (
            _("was added by any of these: %(names)s"),
            _("was added by none of these: %(names)s"),
        ),
        "updated_by": (
            _("was updated by any of these: %(names)s"),
            _("was updated by none of these: %(names)s"),
        ),
    }

    def rows(self) -> Sql:
        """Look into what imports remember."""
        return (
            "FROM import_contact m WHERE m.import_id = ANY (",
            Value(self.objects, "bigint[]"),
            f"){_DONE[self.op]}",
        )
