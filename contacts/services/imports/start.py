"""Accept a file: keep it, settle the plan, and leave a job that takes it in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from contacts.models import Import
from contacts.services.imports.ending import end
from contacts.services.imports.files import discard, path_of, shown_name, store
from contacts.services.imports.newfields import make
from contacts.services.imports.options import Options, read_options, require_reason
from contacts.services.imports.plan import Plan, plan
from contacts.services.imports.trouble import refuse
from kernel import jobs
from kernel.actions import contact_actions
from kernel.permissions import Actor
from kernel.registry import ConfigProblem

KIND = "contacts.import"


@dataclass(frozen=True)
class Upload:
    """A file as it comes in: its name at the sender's, and its bytes."""

    name: str
    chunks: Iterable[bytes]


@dataclass(frozen=True)
class Starter:
    """Who starts an import, and whether they may only touch contacts of their own."""

    user_id: int
    only_own: bool = False
    # Whose rights narrow what the settings may name; None is the product itself.
    caller: Actor | None = None


def start(
    upload: Upload,
    document: dict[str, Any],
    starter: Starter,
    now: datetime,
    mends: int | None = None,
) -> Import:
    """Store the file and queue its import; a file or setting that cannot work is refused now."""
    options = read_options(document)
    stored = store(upload.chunks, now)
    imported = Import(
        name=shown_name(upload.name),
        file=stored,
        owner_id=starter.user_id,
        mends=mends,
        created_at=now,
    )
    try:
        return queue(imported, options, starter, now)
    except BaseException:
        discard(stored)
        raise


def queue(imported: Import, options: Options, starter: Starter, now: datetime) -> Import:
    """Settle the plan of a stored file and queue its import; refuse what cannot work."""
    _check_segment(options, starter)
    settled = settle(imported, options, starter)
    if starter.only_own and settled.owner not in (None, starter.user_id):
        raise refuse("options.owner", "not_allowed", _("This can only be you."))
    with transaction.atomic():
        made = {column: settled.fields[column] for column in options.new_fields}
        make(options.new_fields, made, now, options.object)
        # From here on they are fields like any other.
        options = replace(options, mapping={**options.mapping, **made}, new_fields={})
        imported.options, imported.plan = options.as_json(), settled.as_json()
        imported.state, imported.expected = Import.State.QUEUED, settled.expected
        imported.started_at = imported.updated_at = now
        imported.save()
        job = jobs.enqueue(KIND, {"import": imported.pk}, now=now, user_id=starter.user_id)
        imported.job_id = job.pk if job else None
        imported.save(update_fields=["job_id"])
    return imported


def settle(imported: Import, options: Options, starter: Starter, *, ready: bool = True) -> Plan:
    """Return how the stored file is taken in, on the terms of who takes it."""
    require_reason(options)
    return replace(
        plan(path_of(imported.file), options, ready=ready),
        only_own=starter.only_own,
        language=translation.get_language() or "en",
    )


def cancel(imported: Import, now: datetime) -> bool:
    """Stop an import where it is; what is written stays, and the counts say what that was."""
    with transaction.atomic():
        # The job's row first, as the worker does.
        if imported.job_id is not None:
            jobs.cancel(imported.job_id, now)
        stopped = end(imported.pk, Import.State.CANCELLED, "", now)
    if stopped:
        transaction.on_commit(partial(discard, imported.file))
    return stopped


def _check_segment(options: Options, starter: Starter) -> None:
    """Ask the app that keeps segments whether people can be added to this one, by this user."""
    if options.segment is None:
        return
    action = contact_actions.get("segments.change")
    if action is None:
        raise refuse("options.segment", "unknown_field", _("There are no segments here."))
    try:
        chosen = action(action.clean({"add": [options.segment]}))
        if starter.caller is not None:
            chosen.check_reach(starter.caller, action.needs)
    except ConfigProblem as problem:
        first = problem.problems[0]
        raise refuse("options.segment", first["code"], first["message"]) from problem
