"""The audit trail on screen: who did what, when, from where."""

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import ListFilter, by
from backoffice.resource import Resource
from backoffice.routes import register
from backoffice.templatetags.relais import avatar, verb_word
from kernel.permissions import permission_kinds
from kernel.trail import Told


def kinds() -> list[tuple[str, Any]]:
    """Return the kinds of things that deeds are about."""
    return [(kind.key, kind.label) for kind in permission_kinds]


def people() -> list[tuple[str, str]]:
    """Return the users, by address."""
    return [(str(user.pk), user.email) for user in User.objects.order_by("email")[:500]]


def what(row: AuditEntry) -> str:
    """Say what was done to which kind of thing."""
    known = permission_kinds.get(row.kind)
    return f"{known.label if known else row.kind} · {verb_word(row.verb)}"


class Audit(Resource[AuditEntry]):
    """Deeds, the latest first; nobody changes them."""

    key = kind = "audit"
    path = "settings/audit"
    model = AuditEntry
    item_template = "accounts/audit_entry.html"
    icon = "history"
    label, plural = _("Deed"), _("Audit trail")
    purpose = _("Every change is told here: who made it, when, and what was there before.")
    in_settings = True
    sorts = ("at",)
    default_sort = "-id"
    columns = (
        Column("what", _("What"), lambda row: what(row), narrow=True),
        Column("thing", _("Thing"), lambda row: row.name or row.object_id),
        Column("address", _("From"), shown=False),
        Column("at", _("When"), narrow=True),
    )
    filters = (
        ListFilter("user", _("Who"), lambda _user: people(), by("user_id")),
        ListFilter("kind", _("Kind"), lambda _user: kinds(), by("kind")),
    )

    def found(self, rows: QuerySet[AuditEntry], text: str) -> QuerySet[AuditEntry]:
        """Find by who, what or the thing's name."""
        wanted = Q(who__icontains=text) | Q(name__icontains=text) | Q(verb__icontains=text)
        return rows.filter(wanted)

    def first(self) -> Column:
        """Begin with who did it."""
        return Column("who", _("Who"), narrow=True)

    def name(self, row: Model) -> str:
        """Name who did it."""
        return str(getattr(row, "who", "")) or str(_("The product"))

    def picture(self, row: AuditEntry) -> Any:
        """Show their initials."""
        return avatar(row.who)

    def page(self, request: Any, row: AuditEntry) -> dict[str, Any]:
        """Tell what changed."""
        return {"told": Told(row.at, row.who, row.verb, row.before, row.after)}


here = Place(_("Audit trail"), "audit", "history", 980, "audit", under="settings")
urlpatterns = register(Audit, here, order=940)
