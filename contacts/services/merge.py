"""Makes one contact of two: every app moves its rows, all in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from contacts.catalogue import hidden, whole
from contacts.models import Contact, FormerIdentifier, Identifier, Merge
from contacts.services import suppression
from contacts.services.plan import Terms
from contacts.services.upsert import write
from kernel.contactdata import hand_over
from kernel.documents import loads
from kernel.events import Fact, record
from kernel.locks import LANES, again, lock_contacts, wait_lanes

VALUES = """
SELECT to_jsonb(c)::text, co.name FROM contact c
LEFT JOIN company co ON co.id = c.company_id WHERE c.id = %s"""
SURVIVORS = "SELECT loser_id, winner_id FROM merge WHERE loser_id = ANY(%s::bigint[])"
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
    The lanes come first: no reaction to either is under way, and what waits for the loser is
    told to the winner by the dispatcher.
    """
    wait_lanes({winner % LANES, loser % LANES})
    if winner == loser or len(lock_contacts([winner, loser])) < 2:
        raise Gone
    kept, theirs = values_of(winner), values_of(loser)
    taken, lost = _sorted(kept, theirs, wish.chosen)
    known_by = _known_by([winner, loser])
    hand_over(winner, loser, now)
    Identifier.objects.filter(contact_id=loser).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact WHERE id = %s", [loser])
    if taken:
        write([{"id": winner, **taken}], now, Terms(match="id", mode="update", source="merge"))
    _remember(winner, known_by, lost, now)
    Merge.objects.filter(winner_id=loser).update(winner_id=winner)
    Merge.objects.create(
        loser_id=loser,
        winner_id=winner,
        at=now,
        user_id=wish.user_id,
        reason=wish.reason,
        taken=sorted(taken),
        lost=lost,
        echo_at=now + ECHOES[0],
    )
    told = {"loser": str(loser), "name": _name(theirs)}
    record("contacts.merged", [Fact(winner, now, data=told)], now=now)


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


def values_of(contact: int) -> dict[str, Any]:
    """Return the writable values of a contact that it has, as the writer takes them.

    One that is not locked may be gone: then it has none.
    """
    with connection.cursor() as cursor:
        cursor.execute(VALUES, [contact])
        found = cursor.fetchone()
    if found is None:
        return {}
    row, company = loads(found[0]), found[1]
    values = {"company": company, "owner": row["owner_id"]}
    for spec in whole().fields.values():
        if spec.kept == "column" and spec.writable:
            values[spec.alias] = row[spec.alias]
        elif spec.kept == "attrs":
            values[spec.alias] = row["attrs"].get(spec.alias)
    return {alias: value for alias, value in values.items() if value is not None}


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


def _known_by(contacts: list[int]) -> set[tuple[str, str]]:
    """Return what these are found by, their addresses also where several may share one."""
    keys = Contact.objects.filter(pk__in=contacts, email_key__isnull=False)
    found = {("email", key) for key in keys.values_list("email_key", flat=True)}
    rows = Identifier.objects.filter(contact_id__in=contacts)
    return found | set(rows.values_list("kind", "value"))


def _remember(
    winner: int, known_by: set[tuple[str, str]], lost: Mapping[str, Any], now: datetime
) -> None:
    """Let what no longer stands on the winner lead to it, and stay closed if it was."""
    gone = known_by - _known_by([winner])
    others = {("email", key) for key in _addresses(gone)}
    FormerIdentifier.objects.bulk_create(
        (FormerIdentifier(kind=k, value=v, contact_id=winner) for k, v in gone - others),
        ignore_conflicts=True,
    )
    for kind, value in gone:
        if kind == "email":
            suppression.remember_closed(winner, value, None, now)
    if mobile := lost.get("mobile"):
        suppression.remember_closed(winner, None, mobile, now)


def _addresses(keys: set[tuple[str, str]]) -> set[str]:
    """Return those of these addresses that other contacts have."""
    wanted = [value for kind, value in keys if kind == "email"]
    found = Contact.objects.filter(email_key__in=wanted).values_list("email_key", flat=True)
    return {key for key in found if key}
