"""Copies the spool to PostgreSQL: each line once, whatever crashes in between."""

import traceback
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path

import orjson
from django.db import OperationalError, connection, transaction

from kernel import clock
from tracking.leftovers import set_aside
from tracking.spool import Line, handlers, waiting

BATCH = 2_000

# Ids already seen are those of a file whose deletion a crash prevented.
FRESH = """
INSERT INTO client_event (source, client_id, recorded_at)
SELECT 'spool', id, %s FROM unnest(%s::text[]) id ORDER BY id
ON CONFLICT DO NOTHING RETURNING client_id"""


def copy_all() -> int:
    """Copy every waiting file; return how many lines were new."""
    return sum(copy_file(path) for path in waiting())


def copy_file(path: Path) -> int:
    """Copy one file, then delete it; of what no handler can digest only the kind of fault stays."""
    copied, bad = 0, list[str]()
    lines = list(_lines(path, bad))
    for start in range(0, len(lines), BATCH):
        copied += _copy(lines[start : start + BATCH], bad)
    if bad:
        set_aside(path, bad)
    path.unlink(missing_ok=True)
    return copied


def _lines(path: Path, bad: list[str]) -> Iterator[Line]:
    content = path.read_bytes()
    # What a killed writer left behind its last line break is no line.
    for raw in content[: content.rfind(b"\n") + 1].splitlines():
        try:
            line = orjson.loads(raw)
            at = clock.parse_instant(line["at"])
            yield Line(line["id"], line["kind"], at, line["data"])
        except (ValueError, KeyError, TypeError) as error:
            bad.append(f"{_fault(error)}: {len(raw)} bytes")


def _copy(lines: list[Line], bad: list[str]) -> int:
    now = clock.now()
    try:
        with transaction.atomic():
            fresh = _unseen(lines, now)
            for kind, group in groupby(sorted(fresh, key=lambda line: line.kind), _kind):
                handlers[kind](list(group), now)
    except OperationalError:
        # The lines are as good as ever, and wait in their file.
        raise
    except Exception as error:  # noqa: BLE001 - whatever a line causes, it is set aside with it
        if len(lines) == 1:
            bad.append(f"{_fault(error)}: {_outline(lines[0])}")
            return 0
        middle = len(lines) // 2
        return _copy(lines[:middle], bad) + _copy(lines[middle:], bad)
    return len(fresh)


def _fault(error: Exception) -> str:
    """Tell what went wrong and where; the message itself may repeat what somebody sent."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    code = getattr(error.__cause__, "pgcode", None)
    kind = f"{type(error).__name__} {code}" if code else type(error).__name__
    return f"{kind} at {Path(place.filename).name}:{place.lineno}"


def _outline(line: Line) -> str:
    """Tell which line it was and what it had, without the values: they are of people."""
    had = ", ".join(sorted(map(str, line.data))) if isinstance(line.data, dict) else "no object"
    return f"{line.kind} {line.id} at {line.at} ({had})"


def _kind(line: Line) -> str:
    return line.kind


def _unseen(lines: list[Line], now: datetime) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(FRESH, [now, [line.id for line in lines]])
        fresh = {row[0] for row in cursor.fetchall()}
    return [line for line in lines if line.id in fresh]
