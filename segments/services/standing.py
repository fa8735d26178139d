"""Who may be in a segment at all: not the restricted, nor by behaviour who objects to profiling."""

from collections.abc import Iterable
from typing import Any

from kernel import withholding
from kernel.filters import Column, Sql, reads
from kernel.withholding import RESTRICTED

WITHHELD = Column("c.withheld")
# What tells of conduct: what somebody did, and what was concluded from it.
BEHAVIOUR = (*("event:", "state:points", "score:", "state:activity_rank", "state:last_active_at"),)


def is_behaviour(reads: Iterable[str]) -> bool:
    """Say whether a filter looks at what people did, or at what was concluded from that."""
    return any(name.startswith(BEHAVIOUR) for name in reads)


def among_allowed(sql: Sql, reads: Iterable[str]) -> Sql:
    """Narrow a filter to those whom the law lets it look at."""
    if is_behaviour(reads):
        return ("(", WITHHELD, " IS NULL AND ", *sql, ")")
    return ("(", WITHHELD, f" IS DISTINCT FROM {RESTRICTED} AND ", *sql, ")")


def allowed(tree: Any) -> str:
    """Return SQL over `c` for those whom a segment of this filter may take in."""
    if is_behaviour(reads(tree)):
        return "c.withheld IS NULL"
    return f"c.withheld IS DISTINCT FROM {RESTRICTED}"


def kept_out(contact: int, tree: Any) -> str:
    """Say why the law keeps somebody out of every segment of this filter; empty: it does not."""
    found = withholding.withheld([contact]).get(contact)
    if found == RESTRICTED:
        return withholding.said("restricted")
    return withholding.said("profiling_refused") if found and is_behaviour(reads(tree)) else ""
