"""Counts, over the whole file of a draft, which known values its empty cells would clear."""

import base64
import hashlib
import json
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop

from contacts.models import Import
from contacts.services.imports.files import path_of
from contacts.services.imports.options import Options, read_options
from contacts.services.imports.plan import SAMPLE, Plan, opened_file
from contacts.services.imports.reading import Row
from contacts.services.imports.rehearsal import converted, known_fields, rehearsed, sound
from contacts.services.imports.start import Starter
from kernel import clock, jobs
from kernel.documents import dumps
from kernel.jobs import Claimed, Refusal, Unfinished
from kernel.models import Job
from kernel.queues import hint_on_commit

KIND = "contacts.count_cleared"
ROWS = 4_000
# After so long the other jobs have their turn.
TURN_SECONDS = 10.0
# What others write meanwhile is not followed: after so long it is counted anew.
TRUE_FOR = timedelta(minutes=15)
GONE = gettext_noop("The file is no longer there.")


@dataclass(frozen=True)
class Count:
    """How far the count is: rows read, values by field, and whether that is the whole file."""

    rows: int
    cleared: Mapping[str, int]
    whole: bool


def counted(draft: Import, now: datetime) -> Count | None:
    """Return how far the count of a draft is, and have it begun; None where there is no need."""
    if not draft.options.get("empty_clears") or 0 < draft.expected < SAMPLE:
        return None
    asked = {"import": draft.pk, "digest": _digest(draft)}
    known = Job.objects.filter(kind=KIND, args=asked).order_by("-pk").first()
    if known is None or (known.finished_at and known.finished_at < now - TRUE_FOR):
        known = jobs.enqueue(KIND, asked, now=now, user_id=draft.owner_id)
        hint_on_commit("kernel.jobs")
    told: Mapping[str, Any] = known.progress if known else {}
    return Count(told.get("read", 0), told.get("cleared", {}), bool(told.get("whole")))


@jobs.handles(KIND)
def work(job: Claimed) -> None:
    """Go on with the rows that are left; a draft that was changed has another job."""
    draft = Import.objects.filter(pk=job.args["import"], state=Import.State.DRAFT).first()
    if draft is None or _digest(draft) != job.args["digest"]:
        return
    try:
        _count(draft, job)
    except FileNotFoundError as error:
        raise Refusal(GONE) from error


def _count(draft: Import, job: Claimed) -> None:
    settled, options = Plan.of(draft.plan), read_options(draft.options)
    starter = Starter(draft.owner_id or 0, only_own=settled.only_own)
    path = path_of(draft.file)
    seen, end = _Seen.of(path, job.id), time.monotonic() + TURN_SECONDS
    with opened_file(path, settled) as table:
        rows = islice(table.rows, seen.read, None)
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


def _emptied(
    rows: Sequence[Row], settled: Plan, options: Options, starter: Starter
) -> Mapping[int, Sequence[str]]:
    known = known_fields(options)
    found = sound(converted(rows, settled, known, clock.now()))
    return rehearsed(found, options, known, starter).emptied


def _digest(draft: Import) -> str:
    """Return what tells one way of taking the file from another."""
    return hashlib.sha256(dumps([draft.file, draft.options, draft.plan]).encode()).hexdigest()


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
            kept = json.loads(zlib.decompress(_beside(path).read_bytes()))
        except (FileNotFoundError, zlib.error):
            return cls(path, job)
        if kept["job"] != job:
            return cls(path, job)
        bits = {alias: bytearray(base64.b64decode(text)) for alias, text in kept["bits"].items()}
        return cls(path, job, kept["read"], kept["counts"], bits)

    def note(self, contact: int, aliases: Sequence[str]) -> None:
        """Count the values that one would lose, each once."""
        place, bit = divmod(contact, 8)
        for alias in aliases:
            bits = self.bits.setdefault(alias, bytearray())
            if place >= len(bits):
                bits.extend(bytes(place + 1 - len(bits) + len(bits) // 8))
            if not bits[place] >> bit & 1:
                bits[place] |= 1 << bit
                self.counts[alias] = self.counts.get(alias, 0) + 1

    def save(self) -> None:
        """Keep it for the next turn."""
        bits = {alias: base64.b64encode(bits).decode() for alias, bits in self.bits.items()}
        kept = {"job": self.job, "read": self.read, "counts": self.counts, "bits": bits}
        _beside(self.path).write_bytes(zlib.compress(json.dumps(kept).encode(), 1))

    def forget(self) -> None:
        """Leave nothing behind."""
        _beside(self.path).unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_suffix(".cleared")
