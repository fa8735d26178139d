"""Judges what was sent against the version of the form it was sent from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from django.utils.translation import gettext as _

from contacts.catalogue import Catalogue, FieldSpec
from contacts.models import Topic
from contacts.values import ValueProblem, clean
from forms.kinds import Kind, kind_of, word
from kernel.zone import workspace_zone

SEVERAL = frozenset({"multiselect", "topics"})
LONGEST = 20_000


class Sent(Protocol):
    """What a browser or a client sent, by the names of fields."""

    def get(self, key: str, default: Any, /) -> Any:
        """Return the last value of a name."""

    def getlist(self, key: str, /) -> list[Any]:
        """Return every value of a name."""


@dataclass
class Judged:
    """Answers by the id of the field, and what is wrong by the same; both can be shown again."""

    answers: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    # What is to be written of the contact, by alias.
    values: dict[str, Any] = field(default_factory=dict)


def judge(fields: Sequence[Mapping[str, Any]], sent: Sent, catalogue: Catalogue) -> Judged:
    """Check every field that was shown, in order; what was not shown was not asked.

    `catalogue` holds the fields of contacts, for what answers are kept in.
    """
    judged = Judged()
    topics = _topics(fields)
    asked: dict[str, Mapping[str, Any]] = {}
    for one in fields:
        asked[one["id"]] = one
        kind = kind_of(one)
        if not kind.asks or not is_shown(one, asked, judged.answers):
            continue
        try:
            answer = _answer(one, kind, sent, topics)
            _limits(one, kind, answer)
            value = of_contact(one, answer, catalogue)
        except ValueProblem as refused:
            judged.problems[one["id"]] = word(one, "message") or refused.message
            continue
        if answer is not None:
            judged.answers[one["id"]] = answer
        if value is not None:
            judged.values[one["map"]] = value
    return judged


def is_shown(
    one: Mapping[str, Any], asked: Mapping[str, Mapping[str, Any]], answers: Mapping[str, Any]
) -> bool:
    """Say whether a field is asked, by what was answered above it.

    What depends on a field that is not shown itself depends on no answer.
    """
    condition = one.get("show_if")
    if not condition or condition["field"] not in asked:
        return True
    given = answers.get(condition["field"])
    found = {_plain(each) for each in (given if isinstance(given, list) else [given])} - {""}
    wanted = set(condition["values"])
    return {
        "is": bool(found & wanted),
        "is_not": not found & wanted,
        "filled": bool(found),
        "empty": not found,
    }[condition["op"]]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


def _topics(fields: Sequence[Mapping[str, Any]]) -> set[str]:
    wanted = {topic for one in fields for topic in one.get("topics", [])}
    if not wanted:
        return set()
    return {str(pk) for pk in Topic.objects.filter(pk__in=wanted).values_list("pk", flat=True)}


def _answer(one: Mapping[str, Any], kind: Kind, sent: Sent, topics: set[str]) -> Any:
    """Return what was answered as JSON keeps it, None for nothing."""
    name = one["name"]
    if one["kind"] == "topics":
        offered = set(one.get("topics", [])) & topics
        chosen = [topic for topic in one["topics"] if topic in offered & set(sent.getlist(name))]
        found: Any = chosen or None
    elif one["kind"] in SEVERAL:
        found = clean(_spec(one, kind), [_read(value) for value in sent.getlist(name)])
    elif kind.type == "boolean":
        found = _read(sent.get(name, "")) not in {"", "0", "no", "false"} or None
    else:
        found = clean(_spec(one, kind), _moment(kind, _read(sent.get(name, ""))))
    if found is None and one.get("required"):
        raise ValueProblem("required", missing(kind))
    return float(found) if isinstance(found, Decimal) else found


def missing(kind: Kind) -> str:
    """Say that an answer is missing."""
    if kind.type == "boolean":
        return _("Please tick this box to go on.")
    if kind.group == "choose":
        return _("Please choose an answer.")
    return _("Please fill this in.")


def _read(value: Any) -> str:
    text = value if isinstance(value, str) else "" if value is None else str(value)
    if len(text) > LONGEST:
        raise ValueProblem("too_long", _("This is too long."))
    return text.replace("\0", "")


def _moment(kind: Kind, text: str) -> str:
    """Read a clock without a zone as one of the workspace."""
    if kind.type != "datetime" or not text:
        return text
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (found if found.tzinfo else found.replace(tzinfo=workspace_zone())).isoformat()


def _spec(one: Mapping[str, Any], kind: Kind) -> FieldSpec:
    options = tuple(
        {
            "value": option["value"],
            "label": option.get("label") or option["value"],
            "labels": option.get("labels", {}),
        }
        for option in one.get("options", [])
    )
    return FieldSpec(one["name"], kind.type, "", "", "attrs", options=options, decimals=6)


def _limits(one: Mapping[str, Any], kind: Kind, answer: Any) -> None:
    """Check length, size, or day against the limits of the field."""
    if answer is None:
        return
    if one["kind"] == "email" and _is_blocked(one, answer):
        raise ValueProblem("blocked", _("Please use another address: this domain is not accepted."))
    if not kind.limits:
        return
    measures: Mapping[str, Callable[[Any], Any]] = {"length": len, "size": float, "date": str}
    size = measures[kind.limits](answer)
    least, most = (_limit(one.get(name), kind.limits) for name in ("least", "most"))
    shown = {"least": one.get("least"), "most": one.get("most")}
    if least is not None and size < least:
        words = {
            "length": _("At least %(least)s characters are expected."),
            "size": _("A number from %(least)s is expected."),
            "date": _("A day from %(least)s is expected."),
        }
        raise ValueProblem("too_small", words[kind.limits] % shown)
    if most is not None and size > most:
        words = {
            "length": _("At most %(most)s characters are possible."),
            "size": _("A number up to %(most)s is expected."),
            "date": _("A day up to %(most)s is expected."),
        }
        raise ValueProblem("too_large", words[kind.limits] % shown)


def _limit(text: str | None, limits: str) -> Any:
    """Read a limit; what is none limits nothing."""
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat() if limits == "date" else float(Decimal(text))
    except (ValueError, InvalidOperation):
        return None


def _is_blocked(one: Mapping[str, Any], address: str) -> bool:
    blocked = {part.strip().lower().lstrip("@") for part in one.get("blocked", "").split(",")}
    domain = address.rpartition("@")[2]
    return any(domain == each or domain.endswith(f".{each}") for each in blocked - {""})


def of_contact(one: Mapping[str, Any], answer: Any, catalogue: Catalogue) -> Any:
    """Return the answer as its field of contacts keeps it; refused there is refused here."""
    spec = catalogue.get(one.get("map", ""))
    if spec is None or not spec.writable or answer is None:
        return None
    if spec.type == "number":
        # More digits than the field keeps are rounded, not refused.
        return clean(spec, f"{answer:.{spec.decimals}f}" if isinstance(answer, float) else answer)
    if isinstance(answer, list) and spec.type != "multiselect":
        answer = ", ".join(str(each) for each in answer)
    return clean(replace(spec), answer)
