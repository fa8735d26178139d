"""What the columns of the list of contacts show."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice.columns import NOTHING, Column
from contacts.catalogue import Catalogue, FieldSpec
from contacts.naming import called
from contacts.services.reaching import why_not
from contacts.services.reading import flat
from contacts.values.showing import display
from contacts.words import STRENGTH, UNREACHED, Reason, unreached

Flat = dict[str, Any]
LOW, MEDIUM = 3, 7
FIELD = "field."
BAD = frozenset({Reason.COMPLAINT, Reason.HARD_BOUNCE, "restricted"})
# What has a column of its own, or stands in the first one.
ELSEWHERE = frozenset(
    {"email", "first_name", "last_name", "company", "points", "activity_rank", "last_active_at"}
)


def name_of(flat: Flat) -> str:
    """What a person is called."""
    return called(flat["first_name"], flat["last_name"], flat["email"], flat["id"])


def told(contacts: Iterable[int]) -> list[Flat]:
    """Return contacts as `flat` has them, with why no marketing mail reaches them (`unreached`)."""
    found = flat(contacts)
    why = why_not([int(one["id"]) for one in found])
    return [{**one, "unreached": why.get(int(one["id"]))} for one in found]


def reason_for(flat: Flat, channel: str) -> Reason | None:
    """Return the strongest reason for which a channel is closed."""
    reasons = _reasons(flat, channel)
    return next((reason for reason in STRENGTH if reason in reasons), None)


def _reasons(flat: Flat, channel: str) -> set[str]:
    return {one["reason"] for one in flat["do_not_contact"] if one["channel"] == channel}


def word_for(reason: Reason) -> str:
    """Say a reason in one word."""
    if reason in {Reason.HARD_BOUNCE, Reason.SOFT_BOUNCE}:
        return _("bounced")
    return str(reason.label)


def why(flat: Flat) -> tuple[str, str] | None:
    """Return why no marketing mail reaches somebody: its code, in a word; None if one does."""
    code = flat["unreached"]
    if code is None:
        return None
    return code, str(UNREACHED[code]) if code in UNREACHED else word_for(Reason(code))


def email_cell(row: Any) -> Any:
    """Show the address, and why nobody writes to it."""
    email, found = row.flat["email"], why(row.flat)
    if not email or found is None:
        return email or None
    hue, word = "bad" if found[0] in BAD else "", found[1]
    return format_html(
        '<span class="line"><span class="clip">{}</span><span class="chip {}">{}</span></span>',
        email,
        hue,
        word,
    )


def rank_cell(row: Any) -> SafeString:
    """Draw how active somebody is, and in grey whom no mail reaches any more."""
    return rank(row.flat["activity_rank"], closed=is_unreached(row.flat))


def is_unreached(flat: Flat) -> bool:
    """Say whether no mail reaches somebody any more, or they want none."""
    return unreached(_reasons(flat, "email"))


def rank(value: int | None, *, closed: bool = False) -> SafeString:
    """Draw how active somebody is: three bars and the number."""
    kind = "" if not value else "low" if value <= LOW else "medium" if value <= MEDIUM else "high"
    kind = f"{kind} closed" if closed else kind
    number = NOTHING if value is None else value
    bars = SafeString("<i></i><i></i><i></i>")
    return format_html(
        '<span class="line"><span class="rank {}" aria-hidden="true">{}</span>'
        '<span class="num">{}</span></span>',
        kind,
        bars,
        number,
    )


def tag_chips(names: Sequence[str], most: int = 2) -> SafeString:
    """Show at most two tags with their dots, and how many more there are."""
    name = '<i class="k{0}"></i><span class="clip">{1}</span>'
    chip = f'<span class="chip dotted" title="{{1}}">{name}</span>'
    shown = format_html_join("", chip, _dotted(names[:most]))
    more = SafeString("")
    if len(names) > most:
        more = format_html(
            '<span class="chip outlined" title="{}">+{}</span>',
            ", ".join(names[most:]),
            len(names) - most,
        )
    return format_html('<span class="line tight">{}{}</span>', shown, more)


def _dotted(names: Sequence[str]) -> list[tuple[int, str]]:
    return [(sum(name.encode()) % 5 + 1, name) for name in names]


def _named(key: str) -> Callable[[Any], Any]:
    return lambda row: (row.flat[key] or {}).get("name")


def moment(value: str | None) -> datetime | None:
    """Read an instant of a flat contact."""
    return datetime.fromisoformat(value) if value else None


FIXED = (
    Column("email", _lazy("Email"), email_cell, width="mail"),
    Column(
        "activity",
        _lazy("Activity"),
        rank_cell,
        sort="activity_rank",
        width="rated",
        narrow=True,
    ),
    Column("stage", _lazy("Stage"), _named("stage")),
    Column("points", _lazy("Points"), lambda row: row.flat["points"], sort="points", end=True),
    Column("owner", _lazy("Owner"), _named("owner")),
    Column(
        "tags",
        _lazy("Tags"),
        lambda row: tag_chips(row.flat["tags"]) if row.flat["tags"] else None,
        width="tags",
    ),
    Column(
        "last_active",
        _lazy("Last active"),
        lambda row: moment(row.flat["last_active_at"]),
        sort="last_active",
        width="when",
    ),
    Column(
        "created",
        _lazy("Created"),
        lambda row: moment(row.flat["created_at"]),
        sort="created_at",
        width="when",
        shown=False,
    ),
    Column("company", _lazy("Company"), lambda row: row.flat["company"], shown=False),
)


def columns(fields: Catalogue) -> list[Column]:
    """Return the fixed columns, and one a field."""
    more = [
        spec
        for spec in fields.fields.values()
        if spec.alias not in ELSEWHERE and spec.alias != "created_at"
    ]
    return [*FIXED, *(_column(spec) for spec in more)]


def aliases(every: Sequence[Column]) -> list[str]:
    """Return the fields that have a column of their own."""
    return [each.key.removeprefix(FIELD) for each in every if each.key.startswith(FIELD)]


def _column(spec: FieldSpec) -> Column:
    def value(row: Any) -> str:
        zone = timezone.get_current_timezone_name()
        return display(spec, row.flat[spec.alias], get_language() or "en", zone)

    end = spec.type == "number"
    return Column(f"{FIELD}{spec.alias}", spec.name, value, shown=spec.listed, end=end)
