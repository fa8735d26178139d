"""Forget exports: files after a day or when somebody was erased, rows after three months."""

from datetime import datetime, timedelta

from contacts.models import Export
from contacts.services.exports.fetch import standing
from contacts.services.exports.files import discard, orphans, path_of
from contacts.services.exports.start import OPEN

ROWS_KEPT = timedelta(days=90)
# A file that is being written belongs to no row yet.
UNCLAIMED = timedelta(hours=1)


def clean(now: datetime) -> int:
    """Remove what is past its time; return how many files were forgotten."""
    count = 0
    for row in Export.objects.filter(state=Export.State.DONE):
        state, error = standing(row, now)
        if state == Export.State.DONE:
            continue
        Export.objects.filter(pk=row.pk).update(
            state=state, error=error, file="", chosen={}, people=None
        )
        discard(path_of(row.file))
        count += 1
    ended = Export.objects.exclude(state__in=(*OPEN, Export.State.DONE))
    # Searches name people, too.
    ended.exclude(chosen={}).filter(finished_at__lte=now - timedelta(days=1)).update(chosen={})
    Export.objects.exclude(state__in=OPEN).filter(created_at__lte=now - ROWS_KEPT).delete()
    known = set(Export.objects.exclude(file="").values_list("file", flat=True))
    for path in orphans(known, now - UNCLAIMED):
        discard(path.with_suffix("") if path.suffix == ".part" else path)
    return count
