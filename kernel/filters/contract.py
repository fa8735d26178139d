"""The contract of conditions: what an app that knows something about contacts offers to filters."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from kernel import masking
from kernel.filters.pieces import Sql, When
from kernel.permissions import Actor
from kernel.registry import Plugin, Registry

if TYPE_CHECKING:
    from kernel.filters.offers import Offer

T = TypeVar("T")
# What joins conditions: all of them, any, none.
GROUPS = ("all", "any", "none")


class Mode(Enum):
    """Which form a condition takes; both select the same contacts."""

    # Over all contacts: what reads other tables is one uncorrelated sub-select.
    SET = "set"
    # Over a few contacts: what reads other tables looks each of them up by `c.id`.
    BATCH = "batch"


class Reading:
    """One reading of one tree: for whom, and what is loaded once for all its conditions."""

    def __init__(self, user: Any = None, *, verify: bool = False) -> None:
        # Whose rights narrow the objects that may be named; None is the product itself.
        self.user = user
        # Whether a person wrote it just now: what it names must exist. A stored filter goes on
        # when an object it names is gone, and that condition meets nobody.
        self.verify = verify
        self._loaded: dict[Callable[[], Any], Any] = {}

    def once(self, load: Callable[[], T]) -> T:
        """Return what `load` returns, calling it once for the whole tree."""
        if load not in self._loaded:
            self._loaded[load] = load()
        found: T = self._loaded[load]
        return found


class ContactFilter(Plugin):
    """One kind of condition. An instance is one condition of a tree, already checked."""

    # The JSON key that makes a condition this kind: `field`, `event`, `segment`, `delivery` …
    names: ClassVar[str]
    # All keys a condition of this kind may have.
    keys: ClassVar[frozenset[str]]
    # Conditions as they are written, for the manual; a test reads them.
    examples: ClassVar[Sequence[Mapping[str, Any]]] = ()
    # The order of evaluation beside others: 0 a column, 1 a custom field, 5 another table.
    cost: int = 5
    # Evaluated alone, under a time limit (regular expressions).
    risky: bool = False

    @classmethod
    def is_about(cls, config: Mapping[str, Any], aliases: frozenset[str]) -> bool:
        """Say whether a condition, as it is written, is about one of these fields."""
        return False

    @classmethod
    def read(cls, config: Mapping[str, Any], reading: Reading) -> Self:
        """Check a condition; raise `refuse("value.0", code, message)` for what is wrong.

        Unknown keys have been refused before.
        """
        raise NotImplementedError

    def predicate(self, mode: Mode) -> Sql:
        """Return SQL that is true for the contacts it means; null counts as false.

        It may use `c.id` and `Column`s, nothing else of the contact's row.
        """
        raise NotImplementedError

    def reads(self) -> set[str]:
        """Name the changes after which the condition must be evaluated again."""
        raise NotImplementedError

    def edges(self, before: When, after: When) -> Sql | None:
        """Return SQL for contacts for whom time alone may have changed the answer in between.

        A superset is fine; None says that time changes nothing.
        """
        return None

    @classmethod
    def windows(cls, config: Mapping[str, Any]) -> Iterable[tuple[str, timedelta]]:
        """Say how far back a condition, perhaps unfinished, looks at events of which types.

        Not told here is what `event` and `within` say themselves.
        """
        return ()

    def unindexed(self) -> int | None:
        """Return the id of a custom field without an index that would serve this condition."""
        return None

    def sentence(self) -> str:
        """Say the condition to a person, in the language in force."""
        raise NotImplementedError

    def actual(self, contact: int, when: When) -> str:
        """Say to a person what the condition finds at one contact; empty where it cannot tell."""
        return ""

    @classmethod
    def offer(cls, user: Actor) -> "Offer":
        """Return what a builder offers to this user: subjects of conditions and operators."""
        from kernel.filters.offers import Offer

        return Offer()

    @classmethod
    def manual(cls) -> str:
        """Describe in Markdown what the examples don't show, for `docs/filters.md`."""
        return ""


contact_filters: Registry[ContactFilter] = Registry(ContactFilter)


def kinds() -> Iterator[tuple[str, type[ContactFilter]]]:
    """Walk the kinds of conditions by the key that names them."""
    return ((kind.names, kind) for kind in contact_filters)


@masking.asked_by
def _is_about(condition: Mapping[str, Any], aliases: frozenset[str]) -> bool:
    return any(name in condition and kind.is_about(condition, aliases) for name, kind in kinds())
