"""Makes one contact of two: every app moves its rows, all in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from contacts.catalogue import hidden, whole
from contacts.models import Merge
from contacts.services import former
from contacts.services.plan import Terms
from contacts.services.upsert import write
from kernel.contactdata import PAIRS, Pairs, columns, hand_over
from kernel.documents import loads
from kernel.events import Fact, record
from kernel.locks import LANES, again, lock_contacts, wait_lanes

VALUES = """
SELECT c.id, to_jsonb(c)::text, co.name FROM contact c
LEFT JOIN company co ON co.id = c.company_id WHERE c.id = ANY(%s::bigint[])"""
SURVIVORS = "SELECT loser_id, winner_id FROM merge WHERE loser_id = ANY(%s::bigint[])"
# Who was merged into a loser is part of its winner now.
FOLLOW = f"""
UPDATE merge m SET winner_id = p.winner FROM {PAIRS} WHERE m.winner_id = p.loser"""  # noqa: S608 - a constant
# Addresses may name any number.
MOST_ID = 2**63 - 1
LOSER = "loser"
# How long after a merge to look again for what was being written for the loser meanwhile.
ECHOES = (timedelta(seconds=30), timedelta(minutes=10), timedelta(hours=2))


class Gone(Exception):  # noqa: N818 - an answer
    """One of the two is no contact (any more)."""


@dataclass(frozen=True)
class Wish:
    """Who asked for a merge, and which values they chose."""

    user_id: int | None = None
    # `hand`, `api`, `job:7`.
    reason: str = ""
    # By alias, whose value stays where that is not the winner's: `loser`; see `merge_all`.
    chosen: Mapping[str, str] = field(default_factory=dict)


NOBODY = Wish()


@transaction.atomic
def merge(winner: int, loser: int, now: datetime, wish: Wish = NOBODY) -> None:
    """Move everything of the loser to the winner; the winner's own values win, unless chosen.

    The loser's id, and what identified either, answers with the winner from now on. Addresses
    that nobody has any more stay closed where the person had closed them, under either name.
    """
    if winner == loser or not hold([(winner, loser)]):
        raise Gone
    merge_held([(winner, loser)], now, wish)


def hold(pairs: Pairs) -> list[tuple[int, int]]:
    """Lock pairs for a merge until the transaction ends; return those of which both are there.

    The lanes come first: no reaction to any is under way, and what waits for a loser is told to
    its winner by the dispatcher.
    """
    both = {contact for pair in pairs for contact in pair}
    wait_lanes({contact % LANES for contact in both})
    found = set(lock_contacts(both))
    return [pair for pair in pairs if found.issuperset(pair)]


def merge_held(pairs: Pairs, now: datetime, wish: Wish = NOBODY) -> None:
    """Make one contact of each pair of a transaction that holds them; nobody stands in two."""
    losers = [loser for _winner, loser in pairs]
    values = values_of([contact for pair in pairs for contact in pair])
    sorted_out = {
        loser: _sorted(values[winner], values[loser], wish.chosen) for winner, loser in pairs
    }
    known_by = former.known_by([contact for pair in pairs for contact in pair])
    hand_over(pairs, now)
    former.release(losers)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact WHERE id = ANY(%s)", [losers])
    taken = [{"id": winner, **sorted_out[loser][0]} for winner, loser in pairs]
    if rows := [row for row in taken if len(row) > 1]:
        write(rows, now, Terms(match="id", mode="update", source="merge"))
    former.remember([(pair, sorted_out[pair[1]][1].get("mobile")) for pair in pairs], known_by, now)
    _trace(pairs, sorted_out, now, wish)
    told = [{"loser": str(loser), "name": _name(values[loser])} for loser in losers]
    facts = [Fact(pair[0], now, data=said) for pair, said in zip(pairs, told, strict=True)]
    record("contacts.merged", facts, now=now)


def _trace(
    pairs: Pairs,
    sorted_out: Mapping[int, tuple[dict[str, Any], dict[str, Any]]],
    now: datetime,
    wish: Wish,
) -> None:
    """Keep who became whom, and when to look again for what was under way."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, columns(pairs))
    Merge.objects.bulk_create(
        Merge(
            loser_id=loser,
            winner_id=winner,
            at=now,
            user_id=wish.user_id,
            reason=wish.reason,
            taken=sorted(sorted_out[loser][0]),
            lost=sorted_out[loser][1],
            echo_at=now + ECHOES[0],
        )
        for winner, loser in pairs
    )


def merge_all(winner: int, losers: Sequence[int], now: datetime, wish: Wish) -> None:
    """Merge several into one; `chosen` names by alias the contact whose value stays.

    Whoever is part of the winner already is passed over, so that repeating is harmless. Begun
    again when its locks collide with others'; within a transaction the caller begins that again.
    """
    again(lambda: _merge_all(winner, losers, now, wish))


@transaction.atomic
def _merge_all(winner: int, losers: Sequence[int], now: datetime, wish: Wish) -> None:
    became = survivors(losers)
    left = [loser for loser in losers if became.get(loser) != winner]
    # All locks in order before the first merge: lanes, then contacts.
    wait_lanes({contact % LANES for contact in (winner, *left)})
    lock_contacts([winner, *left])
    for loser in left:
        chosen = {alias: LOSER for alias, whose in wish.chosen.items() if whose == str(loser)}
        merge(winner, loser, now, Wish(wish.user_id, wish.reason, chosen))


def survivor(contact: int) -> int | None:
    """Return whom a merged id answers with now."""
    return survivors([contact]).get(contact)


def survivors(contacts: Iterable[int]) -> dict[int, int]:
    """Return, of these ids, whom those became that were merged."""
    wanted = sorted(contact for contact in set(contacts) if contact <= MOST_ID)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SURVIVORS, [wanted])
        return dict(cursor.fetchall())


def followed(contacts: Iterable[int]) -> list[int]:
    """Return these ids in order, with survivors in the place of those that were merged."""
    asked = list(contacts)
    became = survivors(asked)
    return [became.get(contact, contact) for contact in asked]


def values_of(contacts: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return the writable values that contacts have, as the writer takes them.

    One that is not locked may be gone: then it has none.
    """
    wanted = list(contacts)
    found: dict[int, dict[str, Any]] = {contact: {} for contact in wanted}
    fields = whole().fields.values()
    held = [spec.alias for spec in fields if spec.kept == "column" and spec.writable]
    custom = [spec.alias for spec in fields if spec.kept == "attrs"]
    with connection.cursor() as cursor:
        cursor.execute(VALUES, [wanted])
        for contact, document, company in cursor.fetchall():
            row = loads(document)
            values = {"company": company, "owner": row["owner_id"]}
            values |= {alias: row[alias] for alias in held}
            values |= {alias: row["attrs"].get(alias) for alias in custom}
            found[contact] = {alias: v for alias, v in values.items() if v is not None}
    return found


def shown(lost: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a merge's losses whoever reads now may see."""
    kept_back = hidden()
    return {alias: value for alias, value in lost.items() if alias not in kept_back}


def _name(values: Mapping[str, Any]) -> str:
    words = [str(values[alias]) for alias in ("first_name", "last_name") if alias in values]
    return " ".join(words) or str(values.get("email", ""))


def _sorted(
    kept: Mapping[str, Any], theirs: Mapping[str, Any], chosen: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return which values the winner takes, and which nobody has any more."""
    taken, lost = dict[str, Any](), dict[str, Any]()
    for alias, value in theirs.items():
        if kept.get(alias) is None or chosen.get(alias) == LOSER:
            taken[alias] = value
            beaten = kept.get(alias)
        else:
            beaten = value
        if beaten is not None and kept[alias] != value:
            lost[alias] = beaten
    return taken, lost
