"""How an import ends, whatever the reason: its state, and one word to all who follow contacts."""

from datetime import datetime

from contacts.models import Import
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
    """Tell what a large import wrote: one shared pass over the segments follows.

    Its rows told of events only; a small one's have told everything themselves.
    """
    if is_large(imported) and imported.created + imported.updated:
        aliases = sorted({*imported.plan["fields"].values(), "owner"})
        kinds = ["event:contacts.created"] if imported.created else []
        announce_everyone([*(f"field:{a}" for a in aliases), *kinds, "event:contacts.updated"])
