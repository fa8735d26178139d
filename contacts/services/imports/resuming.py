"""Imports that failed go on where they stopped: their files stay for a week."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contacts.models import Import
from contacts.services.imports.files import path_of
from contacts.services.imports.rights import starter_of
from contacts.services.imports.start import KIND
from contacts.services.imports.trouble import refuse
from kernel import jobs
from kernel.permissions import Actor

# Since it failed: the file holds people's data.
KEPT = timedelta(days=7)


def resumable(now: datetime) -> QuerySet[Import]:
    """Return the failed imports whose files are still kept."""
    return Import.objects.filter(state=Import.State.FAILED, finished_at__gte=now - KEPT)


def may_resume(imported: Import, user: Actor) -> bool:
    """Say whether an import can go on, and this user may have it do so: on its own terms."""
    if imported.state != Import.State.FAILED or not is_there(imported):
        return False
    if not user.can("imports", "edit", imported.owner_id):
        return False
    try:
        starter = starter_of(user, imported.options)
    except PermissionDenied:
        return False
    own = bool(imported.plan["only_own"]) and imported.owner_id == user.pk
    return own or not starter.only_own


def resume(imported: Import, user_id: int, now: datetime) -> None:
    """Queue what is left of a failed import; `ConfigProblem` where there is nothing to go on with.

    What was written stays so, and is not read again.
    """
    with transaction.atomic():
        begun = resumable(now).filter(pk=imported.pk)
        if not is_there(imported) or not begun.update(
            state=Import.State.QUEUED, error="", finished_at=None
        ):
            raise refuse("", "gone", _("The file is no longer there. Upload it again."))
        job = jobs.enqueue(KIND, {"import": imported.pk}, now=now, user_id=user_id)
        Import.objects.filter(pk=imported.pk).update(job_id=job.pk if job else None)
    imported.refresh_from_db()


def is_there(imported: Import) -> bool:
    """Say whether its file is still kept."""
    return bool(imported.file) and path_of(imported.file).exists()
