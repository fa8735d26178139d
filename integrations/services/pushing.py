"""Pushes what is due: claimed by a lease, called outside any transaction, noted one by one.

Each connection has a few hands of its own (`SHARE`), and hands that come free are filled at once:
a system that is slow or dead holds up its own pushes alone.
"""

import hashlib
import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from integrations.models import Connection, Push
from integrations.services import claiming, connecting, mapping, reading, seeking
from integrations.services.claiming import HANDS, LEASE
from integrations.services.noting import Held, note
from kernel import clock
from kernel.connectors import Connector, How, Pushed, Record
from kernel.sealing import Unreadable

logger = logging.getLogger(__name__)
# New ones are begun for so long; then whoever else waits for this worker has their turn.
SECONDS = 10.0
# So long at most until what has become due meanwhile is begun, while others are waited for.
LOOK_EVERY = 1.0
# So long between tries to note what the database did not take.
NOTE_EVERY = 0.5
# What the database fails with when it is restarted, or overburdened: it passes.
PASSING = (OperationalError, InterfaceError)
MOST_SHOWN = 10_000


@dataclass(frozen=True)
class Handed:
    """One call: pushes, each with what is to stand there, in the same order."""

    connection: int
    finds: bool
    claimed: list[Held] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    until: float = field(default_factory=lambda: time.monotonic() + LEASE.total_seconds())


@dataclass(frozen=True)
class Opened:
    """A connection that can be called, with what is claimed of it."""

    row: Connection
    connector: Connector
    claimed: list[Held]


@dataclass(frozen=True)
class Unnoted:
    """What came of a push, while the database does not take it."""

    connection: int
    held: Held
    pushed: Pushed
    version: int | None
    finds: bool
    # When the push is anybody's again, as `time.monotonic` tells it.
    until: float


@dataclass
class Turn:
    """What one worker has under way."""

    began: datetime
    under_way: dict[Future[list[Pushed]], Handed] = field(default_factory=dict)
    unnoted: list[Unnoted] = field(default_factory=list)

    @property
    def moment(self) -> datetime:
        """Return what time it is, no earlier than when it began."""
        return max(self.began, clock.now())

    @property
    def is_busy(self) -> bool:
        """Say whether something is still to be noted."""
        return bool(self.under_way or self.unnoted)


Call = tuple[Connector, Handed]


def is_due(now: datetime) -> bool:
    """Say whether something is to be pushed, and its connection may be called once more."""
    return bool(claiming.ready(now, most=1))


def deliver(now: datetime) -> bool:
    """Push what is due until a turn is over; say whether there was anything.

    Where the database fails, what calls under way still return is noted before that is raised.
    """
    turn = Turn(now)
    with ThreadPoolExecutor(HANDS) as hands:
        try:
            return _work(turn, hands)
        except Exception:
            while turn.is_busy:
                _take(turn)
            raise


def _work(turn: Turn, hands: ThreadPoolExecutor) -> bool:
    ends, began = time.monotonic() + SECONDS, False
    while True:
        moment = turn.moment
        if time.monotonic() < ends:
            claimed = claiming.claim(HANDS - len(turn.under_way), moment)
            began = began or bool(claimed)
            for connector, handed in readied(claimed, moment):
                turn.under_way[hands.submit(_call, connector, handed.records)] = handed
        if not turn.is_busy:
            return began
        _take(turn)


def _take(turn: Turn) -> None:
    """Note what came of some calls, and once more what could not be noted before."""
    if not turn.under_way:
        time.sleep(NOTE_EVERY)
    pause = NOTE_EVERY if turn.unnoted else LOOK_EVERY
    done, _rest = wait(turn.under_way, timeout=pause, return_when=FIRST_COMPLETED)
    if turn.unnoted and not connection.in_atomic_block:
        # As before a task: who lost the database reaches it again.
        connection.close_if_unusable_or_obsolete()
    turn.unnoted = [one for one in turn.unnoted if not _is_settled(one, turn.moment)]
    for each in done:
        turn.unnoted += _note(turn.under_way.pop(each), each.result(), turn.moment)


def readied(claimed: Mapping[int, Sequence[Held]], now: datetime) -> list[Call]:
    """Open what is to be called, and fill in what is sent; what cannot be sent is noted at once."""
    rows = Connection.objects.in_bulk(list(claimed)) if claimed else {}
    opened = []
    for number, held in claimed.items():
        if row := rows.get(number):
            opened += _opened(row, held, now)
    return _read(opened, now) if opened else []


def _opened(row: Connection, held: Sequence[Held], now: datetime) -> list[Opened]:
    """Open a connection; one that cannot be read is no other's trouble."""
    current = [each for each in held if each.epoch == row.epoch]
    # Claimed for the system it led to before: those ids mean others here.
    _end(row.pk, [each for each in held if each not in current], Pushed(How.LATER), now)
    try:
        connector = connecting.opened(row)
        mapping.wanted(row.mapping, row.match)
        return [Opened(row, connector, current)] if current else []
    except Unreadable:
        problem = "unreadable"
    except Exception as error:
        problem = "no_connector" if type(error) is LookupError else "broken"
        logger.exception("Connection %s cannot be pushed through.", row.pk)
    _end(row.pk, current, Pushed(How.REFUSED, problem=problem), now)
    return []


def _read(opened: Sequence[Opened], now: datetime) -> list[Call]:
    """Read the contacts of all of them at once, and prepare what is sent."""
    try:
        contacts = {each.contact for one in opened for each in one.claimed}
        sources = {key for one in opened for key in mapping.wanted(one.row.mapping, one.row.match)}
        known = reading.known(sorted(contacts), sources)
        calls = [(one.connector, each) for one in opened for each in _prepared(one, known, now)]
        seeking.keep(
            {
                held: [*record.earlier, (record.match, record.match_field)]
                for _connector, handed in calls
                for held, record in zip(handed.claimed, handed.records, strict=True)
                if record.match or record.earlier
            }
        )
        return calls
    except OperationalError:
        raise
    except Exception:
        if len(opened) > 1:
            return [call for one in opened for call in _read([one], now)]
        row, claimed = opened[0].row, opened[0].claimed
        logger.exception("Connection %s cannot be pushed through.", row.pk)
        _end(row.pk, claimed, Pushed(How.REFUSED, problem="broken"), now)
        return []


def _prepared(one: Opened, known: Mapping[int, reading.Known], now: datetime) -> list[Handed]:
    """Fill in what is sent, by call; what cannot be sent at all is noted at once."""
    row, finds = one.row, one.connector.finds
    where = mapping.match_field(row.mapping, row.match)
    calls: dict[int, Handed] = {}
    failed: list[tuple[Held, str]] = []
    for each in one.claimed:
        person = known.get(each.contact)
        body = mapping.body(row.mapping, person.values) if person else {}
        if person is None or person.restricted or not body:
            failed.append((each, _why(person)))
            continue
        match = person.values.get(row.match)
        today = ("" if match is None else str(match).strip(), where)
        handed = calls.setdefault(each.call, Handed(row.pk, finds))
        handed.claimed.append(each)
        handed.versions.append(person.version)
        record = Record(
            body=body,
            remote_id=each.remote_id,
            match=today[0],
            match_field=where,
            key=name_of(row.pk, each),
            doubtful=each.doubtful,
            earlier=seeking.earlier(each, today) if each.doubtful else [],
        )
        handed.records.append(record)
    for each, problem in failed:
        _end(row.pk, [each], Pushed(How.FAILED, each.remote_id, problem), now)
    return list(calls.values())


def _why(person: reading.Known | None) -> str:
    """Say why nobody is called for somebody; it ends there, so that it is not looked at again."""
    if person is None:
        return "nobody"
    return "restricted" if person.restricted else "empty"


def _end(number: int, held: Sequence[Held], pushed: Pushed, now: datetime) -> None:
    """Note of some, of whom nobody was called, what kept them from it."""
    for each in held:
        _is_settled(Unnoted(number, each, pushed, None, finds=True, until=0), now)


def name_of(number: int, held: Held) -> str:
    """Name a making: the same for each try until one is answered, and never again after that."""
    told = f"{settings.SITE_URL}:integrations:{number}:{held.epoch}:{held.id}:{held.began}"
    return "rec_" + hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def _call(connector: Connector, records: Sequence[Record]) -> list[Pushed]:
    """Push, in a thread that knows no database; what breaks is nobody else's trouble."""
    try:
        came = connector.push(records)
        if len(came) == len(records):
            return came
        logger.error(
            "%s pushed %s records, and told of %s.", connector.key, len(records), len(came)
        )
    except Exception:
        logger.exception("%s cannot push.", connector.key)
    return [Pushed(How.UNCERTAIN, one.remote_id, "broken") for one in records]


def _note(handed: Handed, came: Sequence[Pushed], now: datetime) -> list[Unnoted]:
    """Note what came of a call; return what the database did not take, to be noted again."""
    rows = zip(handed.claimed, handed.versions, came, strict=True)
    found = [
        Unnoted(handed.connection, held, pushed, version, handed.finds, handed.until)
        for held, version, pushed in rows
    ]
    return [one for one in found if not _is_settled(one, now)]


def _is_settled(one: Unnoted, now: datetime) -> bool:
    """Note one outcome; say whether that is over. Those of others are noted whatever it is."""
    try:
        note(one.connection, one.held, one.pushed, one.version, now, finds=one.finds)
    except PASSING as error:
        logger.warning("What came of push %s cannot be noted now: %s", one.held.id, error)
        # Once its lease has ended it is tried again, knowing that it may have been made.
        return time.monotonic() > one.until
    except Exception:
        logger.exception("What came of push %s cannot be noted.", one.held.id)
    return True


def waiting(row: Connection) -> tuple[int, bool]:
    """Count what is to be pushed still, up to a bound; say whether it is more than that."""
    found = Push.objects.filter(connection=row, state__in=[0, 3])[: MOST_SHOWN + 1].count()
    return min(found, MOST_SHOWN), found > MOST_SHOWN
