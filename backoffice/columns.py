"""Columns of lists: what a row shows, in what order it can be sorted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice.moments import ago
from kernel import moments

NOTHING = SafeString('<span class="quiet">\N{EN DASH}</span>')
MOST_CHIPS = 2


@dataclass(frozen=True)
class Column:
    """One column. `value` takes the row; without it the attribute `key` is shown.

    `sort` names what the database orders by. A figure stands at the end. `shown` columns are those
    of a user who chose nothing; `narrow` says that small screens keep it.
    """

    key: str
    label: Any
    value: Callable[[Any], Any] | None = None
    sort: str = ""
    end: bool = False
    shown: bool = True
    narrow: bool = False
    # "wide", "mid", "slim" or nothing.
    width: str = ""

    def cell(self, row: Any) -> Any:
        """Return what stands in the cell."""
        return shown(self.value(row) if self.value else getattr(row, self.key))

    @property
    def classes(self) -> str:
        """Return the classes of its cells."""
        names = ["end" if self.end else "", "" if self.narrow else "only-wide", self.width]
        return " ".join(name for name in names if name)


def shown(value: Any) -> Any:
    """Write a value for people."""
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, (int, float, Decimal)):
        return number(value)
    return chips(value) if isinstance(value, (list, tuple)) else value


def number(value: float | Decimal) -> str:
    """Write a number with the thousands of the user's language."""
    return formats.number_format(value, use_l10n=True, force_grouping=True)


def moment(value: datetime) -> SafeString:
    """Say when, with the exact moment for who points at it."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        moments.moment(value),
        ago(value),
    )


def chips(values: list[Any] | tuple[Any, ...]) -> SafeString:
    """Show at most two, and how many more there are."""
    chip = '<span class="chip" title="{0}"><span class="clip">{0}</span></span>'
    parts = [format_html(chip, value) for value in values[:MOST_CHIPS]]
    if len(values) > MOST_CHIPS:
        rest = ", ".join(str(value) for value in values[MOST_CHIPS:])
        more = format_html(
            '<span class="chip outlined" title="{}">+{}</span>', rest, len(values) - MOST_CHIPS
        )
        parts.append(more)
    return format_html('<span class="line tight">{}</span>', SafeString("".join(parts)))
