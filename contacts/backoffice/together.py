"""What the history of a contact tells of bulk actions: done to many, and taken back."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contacts.services import bulk_actions
from kernel import clock
from kernel.actions import contact_actions
from kernel.models import Job
from kernel.trail import Told

# So many of the latest bulk actions are looked through: no index knows whom they were done to.
LOOKED_THROUGH = 300


def history(contact: int, most: int) -> list[Told]:
    """Tell what was done to a contact together with others, and undone; the latest first."""
    found: list[Told] = []
    for row in _done_to(contact)[:most]:
        kind = contact_actions.get(row.args["key"])
        what = {_("Bulk action"): str(kind.label if kind else row.args["key"])}
        who = str(row.user or "")
        found.append(Told(row.created_at, who, "bulk", {}, what, user=row.user_id))
        if row.progress.get("undone"):
            at = clock.parse_instant(row.progress["undone_at"])
            found.append(Told(at, who, "undo", {}, what, user=row.user_id))
    return sorted(found, key=lambda told: told.at, reverse=True)[:most]


def _done_to(contact: int) -> QuerySet[Job]:
    newest = Job.objects.filter(kind=bulk_actions.KIND).order_by("-pk").values("pk")
    named = Job.objects.filter(pk__in=newest[:LOOKED_THROUGH], args__contacts__contains=[contact])
    return named.filter(state=Job.State.DONE).select_related("user").order_by("-pk")
