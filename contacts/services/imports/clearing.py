"""Counts, over the whole file of a draft, which known values it would clear, and what it lifts."""

import base64
import hashlib
import json
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from contacts.models import Import
from contacts.services.imports.files import path_of
from contacts.services.imports.options import Options, read_options
from contacts.services.imports.plan import SAMPLE, Plan
from contacts.services.imports.reading import Row, opened
from contacts.services.imports.rehearsal import converted, known_fields, rehearsed, sound
from contacts.services.imports.spreadsheet import as_text
from contacts.services.imports.start import Starter
from kernel import clock, jobs
from kernel.jobs import LEASE, Claimed, Refusal, Unfinished
from kernel.models import Job
from kernel.queues import hint_on_commit

KIND = "contacts.count_cleared"
ROWS = 4_000
# Rows passed over between two signs of life.
_BEAT = 20_000
# After so long the other jobs have their turn.
TURN_SECONDS = 10.0
# What others write meanwhile is not followed: after so long it is counted anew.
TRUE_FOR = timedelta(minutes=15)
GONE = gettext_noop("The file is no longer there.")
# Bytes of the bits of all fields together: as many as ids go up to, for each field.
MOST_BYTES = 64 << 20
TOO_MANY = gettext_noop("There are too many contacts and fields to count this.")


@dataclass(frozen=True)
class Count:
    """How far the count is: rows read, values by field, whether that is the whole file.

    One that `failed` gets no further.
    """

    rows: int
    cleared: Mapping[str, int]
    whole: bool
    failed: bool = False


def counted(draft: Import, now: datetime) -> Count | None:
    """Return how far the count of a draft is, and have it begun; None where there is no need."""
    lifts = (draft.options.get("opt_in") or {}).get("asked_again")
    if not (draft.options.get("empty_clears") or lifts) or 0 < draft.expected < SAMPLE:
        return None
    asked = {"import": draft.pk, "digest": _digest(draft)}
    known = _known(asked, now) or _begun(draft, asked, now)
    if known is None:
        return None
    told = known.progress
    failed = known.state in (Job.State.FAILED, Job.State.CANCELLED)
    return Count(told.get("read", 0), told.get("cleared", {}), bool(told.get("whole")), failed)


def _known(asked: Mapping[str, Any], now: datetime) -> Job | None:
    """Return the count that goes on, or that ended not long ago.

    One that met another's rules while it waited is done and counted nothing: it is none.
    """
    last = Job.objects.filter(kind=KIND, args=asked).order_by("-pk").first()
    if last is None or (last.finished_at and last.finished_at < now - TRUE_FOR):
        return None
    return None if last.state == Job.State.DONE and not last.progress.get("whole") else last


def _begun(draft: Import, asked: dict[str, Any], now: datetime) -> Job | None:
    with transaction.atomic():
        # Whoever asks at the same time waits here, then finds it.
        Import.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first()
        if known := _known(asked, now):
            return known
        hint_on_commit("kernel.jobs")
        return jobs.enqueue(KIND, asked, now=now, user_id=draft.owner_id)


@jobs.handles(KIND)
def work(job: Claimed) -> None:
    """Go on with the rows that are left; a draft that was changed has another job."""
    draft = Import.objects.filter(pk=job.args["import"], state=Import.State.DRAFT).first()
    if draft is None:
        return
    if _digest(draft) != job.args["digest"]:
        _Seen(path_of(draft.file), job.id).forget()
        return
    try:
        _count(draft, job)
    except FileNotFoundError as error:
        raise Refusal(GONE) from error


def _count(draft: Import, job: Claimed) -> None:
    settled, options = Plan.of(draft.plan), read_options(draft.options)
    starter = Starter(draft.owner_id or 0, only_own=settled.only_own)
    path = path_of(draft.file)
    seen = _Seen.of(path, job.id)
    beat = partial(job.hold, LEASE)
    text = as_text(path, settled.sheet, beat) if settled.spreadsheet else path
    with opened(text, settled.dialect) as table:
        rows = iter(table.rows)
        _skip(rows, seen.read, beat)
        # A turn is work done: passing over rows is none.
        end = time.monotonic() + TURN_SECONDS
        while part := list(islice(rows, ROWS)):
            for contact, aliases in _emptied(part, settled, options, starter).items():
                seen.note(contact, aliases)
            seen.read += len(part)
            job.keep(read=seen.read, cleared=seen.counts)
            if time.monotonic() > end:
                seen.save()
                raise Unfinished
    job.keep(read=seen.read, cleared=seen.counts, whole=True)
    seen.forget()


def _skip(rows: Iterator[Row], count: int, beat: Callable[[], None]) -> None:
    """Pass over the rows of earlier turns."""
    for begin in range(0, count, _BEAT):
        deque(islice(rows, min(_BEAT, count - begin)), maxlen=0)
        beat()


def _emptied(
    rows: Sequence[Row], settled: Plan, options: Options, starter: Starter
) -> Mapping[int, Sequence[str]]:
    known = known_fields(options)
    found = sound(converted(rows, settled, known, clock.now()))
    return rehearsed(found, options, known, starter).emptied


def _digest(draft: Import) -> str:
    """Return what tells one way of taking the file from another."""
    # The database keeps an order of keys of its own.
    text = json.dumps([draft.file, draft.options, draft.plan], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class _Seen:
    """Whose values were counted, a bit a person and field: rows may mean somebody twice."""

    path: Path
    job: int
    read: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    bits: dict[str, bytearray] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path, job: int) -> "_Seen":
        """Return what an earlier turn of this job left; without it the count begins anew."""
        try:
            kept = json.loads(zlib.decompress(_beside(path, job).read_bytes()))
        except (FileNotFoundError, zlib.error):
            return cls(path, job)
        bits = {alias: bytearray(base64.b64decode(text)) for alias, text in kept["bits"].items()}
        return cls(path, job, kept["read"], kept["counts"], bits)

    def note(self, contact: int, aliases: Sequence[str]) -> None:
        """Count the values that one would lose, each once."""
        place, bit = divmod(contact, 8)
        for alias in aliases:
            bits = self.bits.setdefault(alias, bytearray())
            if place >= len(bits):
                self._widen(bits, place + 1 - len(bits) + len(bits) // 8)
            if not bits[place] >> bit & 1:
                bits[place] |= 1 << bit
                self.counts[alias] = self.counts.get(alias, 0) + 1

    def _widen(self, bits: bytearray, by: int) -> None:
        if sum(map(len, self.bits.values())) + by > MOST_BYTES:
            raise Refusal(TOO_MANY)
        bits.extend(bytes(by))

    def save(self) -> None:
        """Keep it for the next turn."""
        bits = {alias: base64.b64encode(bits).decode() for alias, bits in self.bits.items()}
        kept = {"read": self.read, "counts": self.counts, "bits": bits}
        _beside(self.path, self.job).write_bytes(zlib.compress(json.dumps(kept).encode(), 1))

    def forget(self) -> None:
        """Leave nothing behind."""
        _beside(self.path, self.job).unlink(missing_ok=True)


def _beside(path: Path, job: int) -> Path:
    return path.with_suffix(f".{job}.cleared")
