"""Conditions on what stands between us and a person: consents, closed channels, suppression."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.filters.family import Family, Target
from contacts.filters.numbers import Truths
from contacts.filters.reachability import TOPIC
from contacts.filters.targets import custom_label
from contacts.services.suppression import DOMAIN, HOLDS_BELOW, IS_BELOW, IS_DEEP, peppers
from kernel import withholding
from kernel.filters import Column, Mode, Sql, Value, refuse
from kernel.filters.operands import a_list, a_text
from kernel.filters.pieces import joined
from kernel.filters.wording import said_list

KEY = Column("c.email_key")
OWN_DOMAIN = Column(DOMAIN)
# Of the suppression list, in its index: the channel, the kind and the value.
LISTED = "FROM suppression x WHERE x.channel = 'email' AND x.kind"


class Standing(Family):
    """What rows beside the contact's say: `target.sql` gathers their answers in an array."""

    gathered: ClassVar = frozenset({"answer", "bounce", "reasons", "several"})

    def present(self, target: Target, mode: Mode) -> Sql:
        """Look for any row."""
        if mode is Mode.SET:
            return (f"c.id IN (SELECT x.contact_id {target.rows})",)
        return (target.column(), " <> '{}'")

    def said(self, target: Target, op: str, operand: Sequence[str]) -> str:
        """Say the answers as people read them."""
        return said_list([label_of(target, one) for one in operand])


class Answers(Standing):
    """One answer, or none: what a person agreed to."""

    types: ClassVar[tuple[str, ...]] = ("answer",)
    phrases: ClassVar = {
        "is": _lazy("%(field)s is %(value)s"),
        "is_not": _lazy("%(field)s is not %(value)s"),
        "in": _lazy("%(field)s is one of %(value)s"),
        "not_in": _lazy("%(field)s is none of %(value)s"),
        "is_empty": _lazy("%(field)s was never asked for"),
        "is_not_empty": _lazy("%(field)s was asked for"),
    }
    takes: ClassVar = {
        "is": _lazy("`granted`, `refused` or `pending`"),
        "is_not": _lazy("`granted`, `refused` or `pending`"),
        "in": _lazy("a list of these"),
        "not_in": _lazy("a list of these"),
    }
    negative: ClassVar = {"is_not": "is", "not_in": "in"}
    notes: ClassVar[str] = (
        "What holds now, not what happened: for that there are events. `topic.ID` asks about"
        " one topic of marketing mails, by its id."
    )

    def operand(self, target: Target, op: str, value: Any) -> list[str]:
        """Take an answer or a list of them."""
        if op in {"is", "is_not"}:
            return [a_choice(target, value, "value")]
        return choices_of(target, value)

    def positive(self, target: Target, op: str, operand: list[str], mode: Mode) -> Sql:
        """Look for any of the answers."""
        return any_of(target, operand, mode)

    def uses(self, target: Target, operand: Any) -> list[tuple[str, int]]:
        """Name the topic, which is not deleted meanwhile."""
        is_topic = target.alias.startswith(TOPIC)
        return [("topic", int(target.alias.removeprefix(TOPIC)))] if is_topic else []


class Bounces(Answers):
    """How mails to the address came back."""

    types: ClassVar = ("bounce",)
    phrases: ClassVar = Answers.phrases | {
        "is_empty": _lazy("%(field)s: none"),
        "is_not_empty": _lazy("%(field)s: any"),
    }
    takes: ClassVar = {
        "is": _lazy("`hard` or `soft`"),
        "is_not": _lazy("`hard` or `soft`"),
        "in": _lazy("a list of these"),
        "not_in": _lazy("a list of these"),
    }
    notes: ClassVar = ""


class Reasons(Standing):
    """Why a channel is closed: several reasons may hold at once."""

    types: ClassVar = ("reasons",)
    phrases: ClassVar = {
        "has_any": _lazy("%(field)s: any of %(value)s"),
        "has_all": _lazy("%(field)s: all of %(value)s"),
        "has_none": _lazy("%(field)s: none of %(value)s"),
        "is_empty": _lazy("%(field)s: no reason"),
        "is_not_empty": _lazy("%(field)s: any reason"),
    }
    takes: ClassVar = dict.fromkeys(
        phrases,
        _lazy("a list of `unsubscribed hard_bounce soft_bounce complaint manual`"),
    )
    negative: ClassVar = {"has_none": "has_any"}

    def operand(self, target: Target, op: str, value: Any) -> list[str]:
        """Take a list of reasons."""
        return choices_of(target, value)

    def positive(self, target: Target, op: str, operand: list[str], mode: Mode) -> Sql:
        """Look for one of the reasons, or for each."""
        if op == "has_any":
            return any_of(target, operand, mode)
        return joined([any_of(target, [reason], mode) for reason in operand], " AND ")


class Several(Reasons):
    """Which of some things there are, any number of them at once: wishes, open tasks."""

    types: ClassVar = ("several",)
    phrases: ClassVar = Reasons.phrases | {
        "is_empty": _lazy("%(field)s: none"),
        "is_not_empty": _lazy("%(field)s: any"),
    }
    takes: ClassVar = dict.fromkeys(phrases, _lazy("a list of the field's own words"))
    notes: ClassVar = (
        "`wishes.CHANNEL` has `frequency quiet_hours pause`; `pause.CHANNEL` is the day from which"
        " messages may come again. `tasks.open` has `todo call email meeting`."
    )


class Suppressed(Truths):
    """Whether the address is never written to: by itself, by its domain, or by a hash of it."""

    types: ClassVar = ("suppressed",)
    notes: ClassVar = "A contact without an address is not suppressed."

    def positive(self, target: Target, op: str, operand: Any, mode: Mode) -> Sql:
        """Look the address up; who has none is not on the list."""
        return ("(", *_on_the_list(mode), f") IS {'TRUE' if operand else 'NOT TRUE'}")


class Restricted(Truths):
    """Whether a person's data may only be kept."""

    types: ClassVar = ("restricted",)
    notes: ClassVar = "For lists: whoever is restricted is in no segment that follows a filter."

    def positive(self, target: Target, op: str, operand: Any, mode: Mode) -> Sql:
        """Look at the contact itself."""
        sign = "IS NOT DISTINCT FROM" if operand else "IS DISTINCT FROM"
        return (target.column(), f" {sign} {withholding.RESTRICTED}")


def a_choice(target: Target, value: Any, place: str) -> str:
    """Take one of the target's values, in whatever case."""
    known = [str(option["value"]) for option in target.options]
    if (text := a_text(value, place, longest=80).lower()) in known:
        return text
    message = _("One of these is expected: %(names)s.") % {"names": ", ".join(known)}
    raise refuse(place, "invalid_choice", message)


def choices_of(target: Target, value: Any) -> list[str]:
    """Take a list of the target's values."""
    items = a_list(value, "value")
    texts = [a_choice(target, item, f"value.{number}") for number, item in enumerate(items)]
    return list(dict.fromkeys(texts))


def any_of(target: Target, operand: list[str], mode: Mode) -> Sql:
    """Return SQL that is true where any of these answers stands."""
    if mode is Mode.SET:
        rows = f"c.id IN (SELECT x.contact_id {target.rows} AND {target.cell} = ANY ("
        return (rows, Value(operand, "text[]"), "))")
    return (target.column(), " && ", Value(operand, "text[]"))


def label_of(target: Target, value: str) -> str:
    """Return what an answer is called in the language in force."""
    found = next((one for one in target.options if one["value"] == value), None)
    return custom_label(found) if found else value


def _on_the_list(mode: Mode) -> Sql:
    hashes = [_digest(pepper) for pepper in peppers()]
    if mode is Mode.SET:
        # The whole list, hashed once for everybody; digests only where there are any to compare.
        parts: list[Sql] = [
            (KEY, f" IN (SELECT x.value {LISTED} = 'address')"),
            (OWN_DOMAIN, f" IN (SELECT x.value {LISTED} = 'domain')"),
        ]
        digested = [(*one, f" IN (SELECT x.value {LISTED} = 'hash')") for one in hashes]
    else:
        parts = [_entry("address", (KEY,)), _entry("domain", (OWN_DOMAIN,))]
        digested = [_entry("hash", one) for one in hashes]
    # Of an address that is missing, nothing is said.
    one = f"{IS_DEEP} AND EXISTS (SELECT 1 FROM suppression x WHERE {HOLDS_BELOW})"  # noqa: S608
    parts.append(("(", *_of_domain(IS_BELOW if mode is Mode.SET else one), ")"))
    any_hash = f"CASE WHEN EXISTS (SELECT 1 {LISTED} = 'hash') THEN "
    parts.append((any_hash, *joined(digested, " OR "), " ELSE false END"))
    return joined(parts, " OR ")


def _of_domain(sql: str) -> Sql:
    """Put the contact's domain into a condition."""
    first, *others = sql.split("{domain}")
    return (first, *(piece for other in others for piece in (OWN_DOMAIN, other)))


def _entry(kind: str, value: Sql) -> Sql:
    return (f"EXISTS (SELECT 1 {LISTED} = '{kind}' AND x.value = ", *value, ")")


def _digest(pepper: bytes) -> Sql:
    digested = (Value(pepper, "bytea"), " || convert_to(", KEY, ", 'UTF8')")
    return ("encode(sha256(", *digested, "), 'hex')")
