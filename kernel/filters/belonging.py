"""What conditions on belonging have in common: to any of some objects, or to none of them."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as _

from kernel.exchanging import NONE, Exchange, exchanged
from kernel.filters.contract import ContactFilter, Mode, Reading
from kernel.filters.offers import MANY, Offer, Subject, operator
from kernel.filters.operands import LARGEST, ids
from kernel.filters.pieces import Sql
from kernel.filters.problems import refuse
from kernel.filters.wording import said_list
from kernel.permissions import Actor
from kernel.subjects import beyond, may_list
from kernel.subjects import names as subject_names

NOT = "not_"


class Belonging(ContactFilter):
    """`names` is the kind of the objects, too; each operator has a contrary with `not_` before."""

    # Operator → how it and its contrary are said, with `%(names)s`.
    phrases: ClassVar[Mapping[str, tuple[Any, Any]]]
    icon: ClassVar[str] = "list"
    cost = 4

    def __init__(self, config: Mapping[str, Any], objects: list[int]) -> None:
        super().__init__(config)
        self.objects = objects
        self.op: str = config["op"].removeprefix(NOT)
        self.outside: bool = config["op"] != self.op

    @classmethod
    def read(cls, config: Mapping[str, Any], reading: Reading) -> Self:
        """Check the operator and that the objects exist, for whoever wrote the condition."""
        objects = ids(config[cls.names], cls.names)
        op = config.get("op")
        if op is None:
            raise refuse("op", "required", _("An operator is needed here."))
        operators = [f"{word}{name}" for name in cls.phrases for word in ("", NOT)]
        if op not in operators:
            message = _("One of these is expected: %(operators)s.")
            raise refuse("op", "invalid_operator", message % {"operators": ", ".join(operators)})
        check_known(cls.names, objects, config[cls.names], cls.names, reading)
        return cls(config, objects)

    @classmethod
    def exchanged(cls, config: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        """Name other objects."""
        other = exchanged(cls.names, config[cls.names], exchange, without=NONE)
        return {**config, cls.names: other}

    def rows(self) -> Sql:
        """Return SQL from `FROM` on: rows `m` that say who belongs, by `m.contact_id`."""
        raise NotImplementedError

    def predicate(self, mode: Mode) -> Sql:
        """Look for such rows."""
        word = "NOT " if self.outside else ""
        if mode is Mode.SET:
            return (f"c.id {word}IN (SELECT m.contact_id ", *self.rows(), ")")
        return (f"{word}EXISTS (SELECT 1 ", *self.rows(), " AND m.contact_id = c.id)")

    def reads(self) -> set[str]:
        """Whoever begins or ceases to belong to one of them."""
        return {f"{self.names}:{number}" for number in self.objects}

    def uses(self) -> list[tuple[str, int]]:
        """Name the objects, which may not be deleted meanwhile."""
        return [(self.names, number) for number in self.objects]

    @classmethod
    def offer(cls, user: Actor) -> Offer:
        """Offer its objects, to whoever may see any of them."""
        if not may_list(cls.names, user):
            return Offer()
        words = [
            operator(f"{prefix}{name}", phrase, MANY)
            for name, phrases in cls.phrases.items()
            for prefix, phrase in zip(("", NOT), phrases, strict=True)
        ]
        subject = Subject(
            kind=cls.names,
            key="",
            label=str(cls.label),
            group="belonging",
            icon=cls.icon,
            operators=cls.names,
            choices=cls.names,
        )
        return Offer([subject], {cls.names: words})

    def sentence(self) -> str:
        """Say their names."""
        said = said_names(self.names, self.objects)
        return str(self.phrases[self.op][self.outside]) % {"names": said}


def check_known(
    kind: str, objects: Sequence[int], written: Any, place: str, reading: Reading
) -> None:
    """Refuse objects there are not, or that whoever wrote the condition may not see."""
    if not reading.verify:
        return
    unknown = beyond(kind, [number for number in objects if number <= LARGEST], reading.user)
    for at, number in enumerate(objects):
        if number > LARGEST or number in unknown:
            field = f"{place}.{at}" if isinstance(written, list) else place
            raise refuse(field, "not_found", _("There is no such object."))


def said_names(kind: str, objects: Sequence[int]) -> str:
    """Say the names of objects; what is gone is said by its number."""
    known = subject_names(kind, objects)
    return said_list([known.get(number, f"#{number}") for number in objects])
