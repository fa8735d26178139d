"""What the history of a contact tells of bulk actions: done together with others, and undone."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from contacts.backoffice.working import action_of
from contacts.services import bulk_actions
from kernel import clock, subjects
from kernel.models import Job
from kernel.permissions import Actor
from kernel.settings_forms import picked
from kernel.trail import Told


def history(contact: int, most: int, user: Actor) -> list[Told]:
    """Tell a user what was done to a contact together with others, and undone; the latest first."""
    rows = _done_to(contact, most)
    actions = [action for row in rows if (action := action_of(row))]
    named = [one for action in actions for one in picked(action.form, action.config)]
    with subjects.remembered(named, user):
        found = [told for row in rows for told in _told(row, contact, user)]
    return sorted(found, key=lambda told: told.at, reverse=True)[:most]


def _told(row: Job, contact: int, user: Actor) -> Iterator[Told]:
    action, who = action_of(row), str(row.user or "")
    what = {"what": action.told_to(user) if action else row.args["key"]}
    done = _("Bulk action: %(what)s") % what
    yield Told(row.created_at, who, "bulk", {}, {}, user=row.user_id, said=done)
    # What somebody changed meanwhile stayed as it was.
    if row.progress.get("undone") and contact not in row.progress.get("left", ()):
        at, back = clock.parse_instant(row.progress["undone_at"]), _("Bulk action undone: %(what)s")
        yield Told(at, who, "undo", {}, {}, user=row.user_id, said=back % what)


def _done_to(contact: int, most: int) -> list[Job]:
    """Return the latest done to a contact, by the index on whom each names.

    What the API had done to a list names all it was asked for, whoever was changed: not told.
    """
    named = Job.objects.filter(args__has_key="contacts", args__contacts__contains=[contact])
    noted = named.filter(kind=bulk_actions.KIND, state=Job.State.DONE, args__has_key="kept")
    # Asked in order, the planner may walk all jobs from the newest instead.
    latest = sorted(noted.values_list("pk", flat=True), reverse=True)[:most]
    return list(Job.objects.filter(pk__in=latest).select_related("user").order_by("-pk"))
