"""The ledger of erasures outside the database: keyed hashes that outlive the return of a backup.

The database is where an erasure is noted first, in its own transaction; a queue then appends it
here. A line more than once is harmless, and so is a torn one.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from contacts.models import Erasure
from contacts.services.known_by import Person
from kernel import clock

# Entries appended in one go.
SLICE = 1_000
# As much of the end as is read to learn how far the ledger is.
TAIL = 65_536


@dataclass(frozen=True)
class Entry:
    """One erasure: when, the hashes of who went, and which addresses stay closed."""

    at: datetime
    keys: Sequence[str]
    # Channel, keyed hash and reason, as the suppression list has them.
    closed: Sequence[Sequence[str]] = ()


def path() -> Path:
    """Return where it lies: beside the data, or where the installation says."""
    return Path(settings.ERASURE_LEDGER or Path(settings.PRIVATE_ROOT) / "erasures.jsonl")


def peppers() -> list[bytes]:
    """Return the keys of the hashes, of the secret in force and of those before."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hashlib.sha256(b"erasure:" + secret.encode()).digest() for secret in secrets]


def digest(word: str) -> str:
    """Return the hash under which a number or an address stands here."""
    return digests(word)[0]


def digests(word: str) -> list[str]:
    """Return the hashes under which it may stand here: that in force first."""
    return [hashlib.sha256(pepper + word.encode()).hexdigest() for pepper in peppers()]


def noted(person: Person, closed: Iterable[Sequence[str]]) -> dict[str, Any]:
    """Return what the database keeps of an erasure until it is written here."""
    # No phone numbers: a family shares one, and nobody else may go by it.
    words = [f"contact:{number}" for number in (person.contact, *person.merged)]
    words += [f"email:{email}" for email in person.emails]
    return {"keys": [digest(word) for word in words], "closed": sorted(map(list, closed))}


@transaction.atomic
def write() -> bool:
    """Append what the database has noted; say whether there may be more."""
    rows = list(
        Erasure.objects.select_for_update(skip_locked=True)
        .filter(unwritten__isnull=False)
        .order_by("at", "pk")[:SLICE]
    )
    if rows:
        append(_line(row) for row in rows)
        Erasure.objects.filter(pk__in=[row.pk for row in rows]).update(unwritten=None)
    return len(rows) == SLICE


def append(lines: Iterable[str]) -> None:
    """Add lines, on the disk when this returns."""
    place = path()
    place.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        # First an end of line: whatever was torn before stays alone on its own.
        left = memoryview(("\n" + "".join(lines)).encode())
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def entries() -> Iterator[Entry]:
    """Walk everything that was ever erased."""
    if path().exists():
        with path().open(encoding="utf-8", errors="replace") as file:
            yield from filter(None, map(_read, file))


def last() -> datetime | None:
    """Return the time of the latest erasure it knows of."""
    if not path().exists():
        return None
    with path().open("rb") as file:
        file.seek(max(0, path().stat().st_size - TAIL))
        found = map(_read, file.read().decode(errors="replace").splitlines())
        return max((entry.at for entry in found if entry), default=None)


def _line(row: Erasure) -> str:
    told: Mapping[str, Any] = row.unwritten or {}
    keys = told.get("keys") or [digest(f"contact:{row.pk}")]
    entry = {"at": row.at.isoformat(), "keys": keys, "closed": told.get("closed", [])}
    return json.dumps(entry, separators=(",", ":")) + "\n"


def _read(line: str) -> Entry | None:
    try:
        told = json.loads(line)
        return Entry(clock.parse_instant(told["at"]), told["keys"], told["closed"])
    except (ValueError, KeyError, TypeError):
        return None
