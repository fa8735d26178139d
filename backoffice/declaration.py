"""What a resource declares of itself, and the addresses and columns that follow from it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model
from django.forms import ModelForm
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.bulk import BulkAction
from backoffice.columns import Column
from backoffice.narrowing import ListFilter

M = TypeVar("M", bound=Model)


class Declaration(Generic[M]):
    """The class attributes of a resource; `backoffice.resource` has its hooks."""

    # Names addresses and templates; `path` is the address where it differs.
    key: ClassVar[str]
    path: ClassVar[str] = ""
    model: type[M]
    # The kind of permission.
    kind: ClassVar[str]
    form: "type[ModelForm[Any]] | None" = None
    icon: ClassVar[str] = "point"
    label: ClassVar[Any]
    plural: ClassVar[Any]
    # One sentence what it is for; an empty list says it.
    purpose: ClassVar[Any] = ""
    new_label: ClassVar[Any] = ""
    owner: ClassVar[str | None] = None
    search: ClassVar[Sequence[str]] = ("name",)
    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[ListFilter]] = ()
    bulk: ClassVar[Sequence[BulkAction]] = ()
    # What else the order may be than the columns' own.
    sorts: ClassVar[Sequence[str]] = ("name",)
    default_sort: ClassVar[str] = "name"
    # The kind in kernel.usage that others name it by; what is used cannot be deleted.
    subject: ClassVar[str] = ""
    in_settings: ClassVar[bool] = False
    # Whether the form changes one, too; else it only makes them.
    changeable: ClassVar[bool] = True
    # Where the right to a verb has another name: who edits settings makes and deletes their rows.
    rights: ClassVar[Mapping[str, str]] = {}
    # A deletion can be taken back: only rows that nothing hangs on.
    restorable: ClassVar[bool] = False
    # Whether the palette finds it, by each letter typed: not what only a scan finds.
    findable: ClassVar[bool] = True
    # Its pages lead on to the next of the list one came from.
    walked: ClassVar[bool] = False
    list_template: ClassVar[str] = "backoffice/list.html"
    filters_template: ClassVar[str] = "backoffice/filters.html"
    item_template: ClassVar[str] = "backoffice/item.html"
    form_template: ClassVar[str] = "backoffice/form.html"

    def right(self, verb: str) -> str:
        """Return the right that a verb takes."""
        return self.rights.get(verb, verb)

    def url(self, suffix: str = "", *args: Any) -> str:
        """Return an address: the list, or its `new`, `item`, `edit` …."""
        return reverse(f"{self.key}-{suffix}" if suffix else self.key, args=args)

    @property
    def urls(self) -> dict[str, str]:
        """Return the addresses that templates name."""
        names = {"list": "", "columns": "columns", "views": "views"}
        if self.form is not None:
            names["new"] = "new"
        return {key: self.url(suffix) for key, suffix in names.items()}

    def first(self) -> Column:
        """Return the first column: the name, leading to the page."""
        return Column("name", _("Name"), sort="name" if "name" in self.sorts else "", narrow=True)

    def sortable(self) -> list[str]:
        """Return what lists may be ordered by."""
        return [*self.sorts, *(column.sort for column in self.columns if column.sort)]
