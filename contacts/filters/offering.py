"""What a builder offers of fields: each with its operators, and where its values come from."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.filters.family import Family, Target
from contacts.filters.reachability import STANDING, TOPIC, of_number
from contacts.filters.targets import BESIDE, custom_label, every_target
from contacts.models.field import FieldType
from kernel.filters import choices
from kernel.filters.offers import (
    ANNIVERSARY,
    DURATION,
    MANY,
    NONE,
    ONE,
    REGEX,
    TEXT,
    TWO,
    Operator,
    Subject,
    operator,
)
from kernel.permissions import Actor

ICONS = {
    "email": "at",
    "phone": "phone",
    "url": "link",
    "select": "list",
    "multiselect": "list-check",
    "country": "world",
    "region": "map-pin",
    "locale": "language",
    "timezone": "clock",
    "number": "hash",
    "boolean": "toggle-left",
    "date": "calendar",
    "datetime": "calendar-time",
    "time": "clock",
    "tags": "tag",
    "owner": "user-circle",
    "stage": "stairs-up",
    "answer": "shield-check",
    "reasons": "hand-stop",
    "bounce": "mail-x",
    "suppressed": "mail-off",
    "restricted": "lock",
    "several": "adjustments",
}
FORMS = {
    **dict.fromkeys(("is_empty", "is_not_empty"), NONE),
    **dict.fromkeys(("in", "not_in", "has_any", "has_all", "has_none"), MANY),
    **dict.fromkeys(("contains", "not_contains", "starts_with", "not_starts_with"), TEXT),
    **dict.fromkeys(("ends_with", "not_ends_with"), TEXT),
    **dict.fromkeys(("matches", "not_matches"), REGEX),
    **dict.fromkeys(("within_last", "within_next", "more_than_ago"), DURATION),
    "between": TWO,
    "anniversary": ANNIVERSARY,
}
# How a single value is written; all else is a text.
INPUTS = {kind: kind for kind in ("number", "boolean", "time", "date", "datetime")} | {
    "suppressed": "boolean",
    "restricted": "boolean",
    "score": "number",
    "interest": "number",
}
CHOICES = {
    "country": "country",
    "locale": "locale",
    "timezone": "timezone",
    "tags": "tag_name",
    "owner": "user",
    "stage": "stage",
}
WORDS = {
    "tags": _lazy("tags"),
    "owner": _lazy("user"),
    "stage": _lazy("stage"),
    "answer": _lazy("consent"),
    "reasons": _lazy("closed channel"),
    "bounce": _lazy("bounce"),
    "several": _lazy("several at once"),
    "suppressed": _lazy("yes or no"),
    "restricted": _lazy("yes or no"),
}


def operators(families: Sequence[Family]) -> Mapping[str, Sequence[Operator]]:
    """Return the operators of each family, by the first of its types."""
    return {
        family.types[0]: [
            operator(op, phrase, FORMS.get(op, ONE), negative=op in family.negative)
            for op, phrase in family.phrases.items()
        ]
        for family in families
    }


def subjects(by_type: Mapping[str, Family], user: Actor) -> Iterator[Subject]:
    """Walk the fields that conditions may be about."""
    for target in every_target():
        chosen_from = CHOICES.get(target.type, "")
        # Stages are an app of their own, which may be away.
        if target.alias in BESIDE and not (target.type == "tags" or choices.known(chosen_from)):
            continue
        of_company, of_app = target.alias.startswith("company."), of_number(target.alias)
        icon = of_app.icon if of_app else ICONS.get(target.type, "cursor-text")
        yield Subject(
            kind="field",
            key=target.alias,
            label=_("Company name") if target.alias == "company.name" else target.name,
            group="company" if of_company else _group(target),
            icon="building" if of_company else icon,
            hint=str(
                of_app.word if of_app else WORDS.get(target.type) or FieldType(target.type).label
            ),
            operators=by_type[target.type].types[0],
            input=INPUTS.get(target.type, "text"),
            choices=chosen_from,
            options=_options(target),
        )


def _group(target: Target) -> str:
    """Put what is no field into a group of its own."""
    stands = target.alias in STANDING or target.alias.startswith(TOPIC)
    return "standing" if stands else "contact"


def _options(target: Target) -> list[Mapping[str, str]]:
    return [
        {"value": str(option["value"]), "label": custom_label(option)} for option in target.options
    ]
