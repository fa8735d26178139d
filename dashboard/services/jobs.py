"""Long work as people see it: a name, how far it is, how much longer, whether it can be stopped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.models import Export, Import
from contacts.services import bulk_actions, bulk_erasing, company_merge, merging_duplicates
from contacts.services.exports.start import cancel as cancel_export
from contacts.services.imports.start import cancel as cancel_import
from contacts.services.imports.undo import stop as stop_undoing
from dashboard.services import places
from kernel import paces, retaining
from kernel.actions import contact_actions
from kernel.jobs import cancel, said
from kernel.models import Job
from kernel.permissions import Actor, Reach

IMPORT, ACTION, EXPORT = "contacts.import", "contacts.bulk_action", "contacts.export"
BULK = (ACTION, bulk_erasing.KIND)
UNDO = "contacts.undo_import"
# Work of the product itself that takes long enough to be shown to administrators.
NAMES = {
    "segments.build": _lazy("Building segments"),
    "segments.rebuild": _lazy("Checking segments"),
    "segments.sweep": _lazy("Tidying up segments"),
    "campaigns.admit": _lazy("Letting people into a campaign"),
    "campaigns.fit": _lazy("Moving people to a new version"),
    "campaigns.forget": _lazy("Forgetting a campaign"),
    bulk_erasing.KIND: _lazy("Delete contacts"),
    merging_duplicates.KIND: _lazy("Merging duplicates"),
    company_merge.KIND: _lazy("Merging companies"),
    "contacts.count_cleared": _lazy("Checking a file before its import"),
    "contacts.fit_field": _lazy("Fitting values to a field"),
    retaining.KIND: _lazy("Deleting what is past its time"),
    retaining.DRY: _lazy("Counting what is past its time"),
    "dashboard.sample": _lazy("Sample data"),
    "points.rank": _lazy("Measuring everybody's activity"),
}
STOPPABLE = (IMPORT, UNDO, *BULK, EXPORT, merging_duplicates.KIND)
OPEN = (Job.State.QUEUED, Job.State.RUNNING)
# The newest so many are looked through: scheduled work leaves many rows that nobody asks for.
LOOKED_THROUGH = 5_000
# Scheduled work of a second or two is no news.
SHORTEST = timedelta(seconds=5)


@dataclass(frozen=True)
class Shown:
    """A job as a line."""

    number: int
    name: str
    state: str
    label: str
    error: str
    since: datetime
    finished_at: datetime | None
    url: str
    done: int
    total: int
    # How many a second; 0 where nobody knows.
    rate: float
    can_stop: bool

    @property
    def rest(self) -> timedelta | None:
        """How much longer it takes at this pace; None where nobody knows."""
        if self.state not in OPEN or not 0 < self.done < self.total or not self.rate:
            return None
        return timedelta(seconds=(self.total - self.done) / self.rate)


def seen(user: Actor) -> QuerySet[Job]:
    """Return a user's own jobs; administrators see those of the product, too."""
    own = Q(user_id=user.pk)
    all_ = user.reach("preferences", "view") is Reach.ALL
    return Job.objects.filter(own | Q(user_id=None, kind__in=list(NAMES)) if all_ else own)


def open_now(user: Actor, now: datetime) -> list[Shown]:
    """Return what runs or waits: one's own at once, scheduled work once it takes a while."""
    rows = seen(user).filter(state__in=OPEN, due_at__lte=now).order_by("-pk")
    own = Q(user_id=user.pk) | Q(created_at__lte=now - SHORTEST)
    return shown(rows.filter(own)[:10], now)


def latest(user: Actor, now: datetime, most: int) -> list[Shown]:
    """Return the newest, finished ones included."""
    newest = seen(user).order_by("-pk")
    kept = newest.filter(Q(user_id=user.pk) | ~Q(state=Job.State.DONE))
    return shown(kept[:most], now)


def failed(user: Actor, since: datetime) -> list[Shown]:
    """Return what failed lately."""
    newest = Job.objects.order_by("-pk").values("pk")[:LOOKED_THROUGH]
    rows = seen(user).filter(pk__in=newest, state=Job.State.FAILED, finished_at__gte=since)
    return shown(rows.order_by("-pk")[:10], since)


def stop(user: Actor, number: int, now: datetime) -> bool:
    """Stop a job of one's own; what it has written stays."""
    row = Job.objects.filter(pk=number, user_id=user.pk, kind__in=STOPPABLE).first()
    if row is None:
        return False
    if row.kind == EXPORT:
        export = Export.objects.filter(pk=row.args["export"]).first()
        return export is not None and cancel_export(export, now)
    if row.kind in {IMPORT, UNDO}:
        imported = Import.objects.filter(pk=row.args["import"]).first()
        end = stop_undoing if row.kind == UNDO else cancel_import
        return imported is not None and end(imported, now)
    return cancel(row.pk, now)


def shown(rows: Iterable[Job], now: datetime) -> list[Shown]:
    """Name jobs and say how far they are."""
    jobs = list(rows)
    numbers = [job.args.get("import") for job in jobs if job.kind in {IMPORT, UNDO}]
    imports = {row.pk: row for row in Import.objects.filter(pk__in=numbers)}
    return [_line(job, imports.get(job.args.get("import", 0)), now) for job in jobs]


def _line(job: Job, imported: Import | None, now: datetime) -> Shown:
    done, total = int(_reached(job.progress)), 0
    if job.kind == UNDO and imported is not None:
        done, total = (imported.undone or 0) + (imported.kept or 0), imported.created
    elif imported is not None:
        done, total = imported.read, imported.expected
    elif job.kind in BULK:
        total = bulk_actions.total(job.args)
    return Shown(
        number=job.pk,
        name=_name(job, imported),
        state=job.state,
        label=job.get_state_display(),
        error=said(job.error),
        since=job.started_at or job.created_at,
        finished_at=job.finished_at,
        url=_place(job, imported),
        done=min(done, total) if total else done,
        total=total,
        rate=_rate(job, done, now),
        can_stop=job.state in OPEN and job.kind in STOPPABLE,
    )


def _place(job: Job, imported: Import | None) -> str:
    if imported is not None:
        return places.at("imports-item", imported.pk)
    return places.at("exports" if job.kind == EXPORT else "jobs")


def _rate(job: Job, done: int, now: datetime) -> float:
    """Return the pace of the last seconds; of what is over, that of all its work."""
    if job.state in OPEN:
        return paces.lately(job, _reached, now) or 0.0
    if not (job.started_at and job.finished_at):
        return 0.0
    return done / max((job.finished_at - job.started_at).total_seconds(), 1.0)


def _reached(progress: Mapping[str, Any]) -> float:
    """Say how far a job is: rows of a file, read or written, or contacts."""
    rows = progress.get("read") or progress.get("rows")
    return float(rows or bulk_actions.reached(progress))


def _name(job: Job, imported: Import | None) -> str:
    if imported is not None:
        words = _("Undoing %(file)s") if job.kind == UNDO else _("Import of %(file)s")
        return words % {"file": imported.name}
    if job.kind == EXPORT:
        return _("Export")
    if job.kind == ACTION:
        kind: Any = contact_actions.get(job.args.get("key", ""))
        return str(kind.label) if kind else str(job.args.get("key", ""))
    if job.kind == merging_duplicates.KIND and job.args.get("dry"):
        return _("Counting duplicates")
    return str(NAMES.get(job.kind) or _("Other work"))
