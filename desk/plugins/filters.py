"""What conditions may ask about the desk: which open tasks there are for a contact."""

from django.utils.translation import gettext_lazy as _

from contacts.filters.family import Target
from contacts.filters.reachability import stands
from desk.models import READ
from desk.words import TaskKind

ROWS = "FROM task x WHERE x.done_at IS NULL"

stands(
    Target(
        "tasks.open",
        "several",
        _("Open tasks"),
        f"ARRAY(SELECT DISTINCT x.kind::text {ROWS} AND x.contact_id = c.id)",
        frozenset({READ, "event:tasks.created", "event:tasks.done"}),
        cost=5,
        options=tuple({"value": kind.value, "label": kind.label} for kind in TaskKind),
        rows=ROWS,
        cell="x.kind::text",
    )
)
