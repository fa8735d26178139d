"""The condition on a field: its type decides the operators."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.filters import offering
from contacts.filters.actual import shown
from contacts.filters.choices import Choices, References, Tags
from contacts.filters.dates import Dates
from contacts.filters.family import Family, Target, among, inside
from contacts.filters.numbers import Numbers, Times, Truths
from contacts.filters.phones import Phones
from contacts.filters.reachability import NUMBERED, TOPIC, of_number
from contacts.filters.standing import Answers, Bounces, Reasons, Restricted, Several, Suppressed
from contacts.filters.targets import COMPANY_OWNER, core_targets, find
from contacts.filters.texts import Texts
from kernel.exchanging import NONE, Exchange, exchanged, exchanged_name
from kernel.filters import ContactFilter, Mode, Reading, Sql, When, contact_filters, refuse
from kernel.filters.manual import table
from kernel.filters.offers import Offer
from kernel.filters.operands import a_text
from kernel.permissions import Actor

FAMILIES: tuple[Family, ...] = (
    Texts(),
    Phones(),
    Numbers(),
    Times(),
    Truths(),
    Dates(),
    References(),
    Choices(),
    Tags(),
    Answers(),
    Reasons(),
    Several(),
    Bounces(),
    Suppressed(),
    Restricted(),
)
BY_TYPE = {kind: family for family in FAMILIES for kind in family.types}
WITHOUT_VALUE = {"is_empty", "is_not_empty"}


def families() -> tuple[Family, ...]:
    """Return the families of all types, those of other apps last."""
    return (*FAMILIES, *(numbered.family for numbered in NUMBERED.values()))


def by_type() -> Mapping[str, Family]:
    """Return each type's family."""
    theirs = {kind: each for each in families()[len(FAMILIES) :] for kind in each.types}
    return {**BY_TYPE, **theirs}


@contact_filters.register
class FieldFilter(ContactFilter):
    """Compares a field of the contact, core or custom, or of its company (`company.ALIAS`).

    Operators follow the type of the field. Those that negate mean contacts without a value, too;
    with `"with_value": true` they don't.
    """

    key = "contacts.field"
    label = _lazy("Field")
    names = "field"
    pointing = frozenset({"field", "tag", "stage", "topic", "point_group", "folder"})
    keys = frozenset({"field", "op", "value", "with_value"})
    examples = (
        {"field": "country", "op": "is", "value": "FR"},
        {"field": "city", "op": "not_in", "value": ["Nice", "Lyon"], "with_value": True},
        {"field": "points", "op": "between", "value": [10, 20]},
        {"field": "created_at", "op": "within_last", "value": "5d"},
        {"field": "last_active_at", "op": "before", "value": {"days": -30}},
        {"field": "tags", "op": "has_any", "value": ["vip"]},
        {"field": "consent.email_marketing", "op": "is", "value": "granted"},
        {"field": "do_not_contact.email", "op": "has_any", "value": ["unsubscribed"]},
    )

    def __init__(self, config: Mapping[str, Any], target: Target, operand: Any) -> None:
        super().__init__(config)
        self.target = target
        self.operand = operand
        self.family = by_type()[target.type]
        self.op: str = config["op"]
        self.risky = self.family.risky(self.op)
        self.cost = 9 if self.risky else target.cost

    @classmethod
    def is_about(cls, config: Mapping[str, Any], aliases: frozenset[str]) -> bool:
        """A condition names one field."""
        return isinstance(config.get("field"), str) and config["field"] in aliases

    @classmethod
    def read(cls, config: Mapping[str, Any], reading: Reading) -> Self:
        """Check field, operator and value."""
        target = find(config["field"], reading)
        family = by_type()[target.type]
        if "op" not in config:
            raise refuse("op", "required", _("An operator is needed here."))
        op = a_text(config["op"], "op", longest=40)
        if op not in family.phrases:
            message = _("Fields of this type have these operators: %(operators)s.")
            raise refuse(
                "op", "invalid_operator", message % {"operators": ", ".join(family.phrases)}
            )
        _check_with_value(config, family, op)
        if op in WITHOUT_VALUE:
            if config.get("value") is not None:
                raise refuse("value", "invalid", _("This operator takes no value."))
            return cls(config, target, None)
        if config.get("value") is None:
            raise refuse("value", "required", _("A value is needed here."))
        return cls(config, target, family.operand(target, op, config["value"]))

    def predicate(self, mode: Mode) -> Sql:
        """Negate the positive form for negative operators: whoever has no value is meant, too."""
        present = self.family.present(self.target, mode)
        if self.op == "is_not_empty":
            return present
        if self.op == "is_empty":
            return ("NOT (", *present, ")")
        positive = self.family.negative.get(self.op)
        if positive is None:
            return self.family.positive(self.target, self.op, self.operand, mode)
        sql = self.family.positive(self.target, positive, self.operand, mode)
        negated: Sql = ("(", *sql, ") IS NOT TRUE")
        if self.config.get("with_value"):
            return ("(", *present, ") AND ", *negated)
        return negated

    def reads(self) -> set[str]:
        """The field; for the company's, also which company it is."""
        return set(self.target.reads)

    def uses(self) -> list[tuple[str, int]]:
        """Name the custom field, and what its value points at: tags, a stage."""
        if self.target.id is not None:
            return [("field", self.target.id)]
        return self.family.uses(self.target, self.operand)

    @classmethod
    def exchanged(cls, config: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        """Name another topic or point group, another stage; owners by id are of this workspace."""
        name, found = str(config["field"]), dict(config)
        prefixes = {TOPIC: "topic", **{each.prefix: each.kind for each in NUMBERED.values()}}
        for prefix, kind in prefixes.items():
            name = exchanged_name(name, prefix, kind, exchange)
        meant = {"stage": "stage", "owner": "user", COMPANY_OWNER: "user"}.get(name)
        if meant and "value" in config:
            found["value"] = exchanged(meant, config["value"], exchange, without=NONE)
        return {**found, "field": name}

    @classmethod
    def windows(cls, config: Mapping[str, Any]) -> Iterable[tuple[str, timedelta]]:
        """Say how far back what other apps offer looks into the log."""
        known = of_number(str(config.get("field")))
        return known.windows(config) if known and known.windows else ()

    def unindexed(self) -> int | None:
        """Name the custom field where an index on its value would find whom this means."""
        if self.target.id is None or self.target.indexed or self.target.source != "c":
            return None
        return self.target.id if self.op in self.family.served else None

    def edges(self, before: When, after: When) -> Sql | None:
        """Only dates move with time, and what looks back for so long."""
        if self.operand is None:
            return None
        if not isinstance(self.family, Dates):
            return self.family.passed(self.target, before, after)
        positive = self.family.negative.get(self.op, self.op)
        target = inside(self.target) if self.target.rows else self.target
        sql = self.family.positive(target, positive, self.operand, Mode.BATCH)
        found = self.family.edges(sql, before, after)
        return among(self.target, found) if found and self.target.rows else found

    def actual(self, contact: int, when: When) -> str:
        """Return the value of the field as people read it."""
        return shown(self.target, contact, when)

    @classmethod
    def offer(cls, user: Actor) -> Offer:
        """Offer every field, with the operators of its type."""
        return Offer(list(offering.subjects(by_type(), user)), offering.operators(families()))

    @classmethod
    def manual(cls) -> str:
        """Describe the operators of each family of types, and the fields there always are."""
        fields = [
            (f"`{target.alias}`", str(target.label), f"`{target.type}`")
            for target in core_targets()
        ]
        head = "### Fields\n\n" + table(("field", "is", "type"), fields)
        head += "\n\nCustom fields stand beside them by their alias."
        return "\n\n".join([*map(_family, families()), head])

    def sentence(self) -> str:
        """Say field, operator and value."""
        value = ""
        if self.op not in WITHOUT_VALUE:
            value = self.family.said(self.target, self.op, self.operand)
        return str(self.family.phrases[self.op]) % {"field": self.target.name, "value": value}


def _family(family: Family) -> str:
    types = " ".join(f"`{kind}`" for kind in family.types)
    rows = []
    for op in family.phrases:
        takes = "" if op in WITHOUT_VALUE else str(family.takes[op])
        contrary = f"negates `{family.negative[op]}`" if op in family.negative else ""
        rows.append((f"`{op}`", takes, contrary))
    notes = f"\n\n{family.notes}" if family.notes else ""
    return f"### {types}\n\n{table(('operator', 'value', ''), rows)}{notes}"


def _check_with_value(config: Mapping[str, Any], family: Family, op: str) -> None:
    given = config.get("with_value", False)
    if not isinstance(given, bool):
        raise refuse("with_value", "invalid", _("true or false is expected."))
    if given and op not in family.negative:
        message = _("Only operators that negate can ask for a value.")
        raise refuse("with_value", "invalid", message)
