"""How an import ends, whatever the reason: its state, and one word to all who follow contacts."""

from datetime import datetime

from contacts.models import Import
from contacts.services.imports.objects import COMPANY, of
from contacts.services.imports.terms import is_large
from kernel.changes import announce_everyone

OPEN = (Import.State.QUEUED, Import.State.RUNNING)


def end(import_id: int, state: str, error: str, now: datetime) -> bool:
    """End an import that is still open, in the caller's transaction; say whether it was."""
    ended = Import.objects.filter(pk=import_id, state__in=OPEN).update(
        state=state, error=error[:2000], finished_at=now
    )
    if ended:
        _announce(Import.objects.get(pk=import_id))
    return bool(ended)


def _announce(imported: Import) -> None:
    """Tell that contacts were in this import and, of a large one, all that it wrote.

    The rows of a large import told of events only, so that one shared pass over the segments
    follows; those of a small one have told everything themselves.
    """
    if of(imported).key == COMPANY:
        if is_large(imported) and imported.updated:
            announce_everyone([f"company:{alias}" for alias in _written(imported)])
        return
    reads = [f"import:{imported.pk}"]
    if is_large(imported):
        reads += ["event:contacts.created", "event:contacts.updated"]
        reads += [f"field:{alias}" for alias in _written(imported)]
    if imported.read > imported.rejected:
        announce_everyone(reads)


def _written(imported: Import) -> list[str]:
    """Name the fields that an import may have written."""
    return sorted({*imported.plan["fields"].values(), "owner"})
