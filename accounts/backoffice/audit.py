"""The audit trail on screen: who did what, when, from where."""

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from backoffice import deeds
from backoffice.columns import Column
from backoffice.dictionary import KINDS
from backoffice.menu import Place
from backoffice.narrowing import ListFilter, by
from backoffice.resource import Resource, resources
from backoffice.routes import register
from backoffice.templatetags.relais import avatar
from kernel.permissions import permission_kinds
from kernel.trail import Told


def kinds() -> list[tuple[str, Any]]:
    """Return the kinds of things that deeds are about."""
    known = [(kind.key, kind.label) for kind in permission_kinds]
    return sorted([*known, *KINDS.items()], key=lambda pair: str(pair[1]).casefold())


def people() -> list[tuple[str, str]]:
    """Return the users, by address."""
    return [(str(user.pk), user.email) for user in User.objects.order_by("email")[:500]]


def what(row: AuditEntry) -> str:
    """Say what was done to which kind of thing."""
    return f"{deeds.kind_word(row.kind)} · {deeds.verb(row.verb)}"


def thing(row: AuditEntry) -> str:
    """Name what it was done to: as it was called then, else by its number."""
    name = deeds.retold(row.kind, row.verb, row.name, row.after or {})
    return name or (f"#{row.object_id}" if row.object_id else "")


def page_of(row: AuditEntry, user: Any) -> str:
    """Return the page of the thing, if it has one that this user may see."""
    found = next((each for each in resources() if each.key == row.kind), None)
    if found is None or not row.object_id:
        return ""
    seen = found.rows(user).filter(pk=row.object_id).exists()
    return found.url("item", row.object_id) if seen else ""


class Audit(Resource[AuditEntry]):
    """Deeds, the latest first; nobody changes them."""

    key = kind = "audit"
    path = "settings/audit"
    model = AuditEntry
    item_template = "accounts/audit_entry.html"
    icon = "history"
    label, plural = _("Audit entry"), _("Audit trail")
    purpose = _("Every change is told here: who made it, when, and what was there before.")
    in_settings = True
    findable = False
    sorts = ("at",)
    default_sort = "-id"
    columns = (
        Column("what", _("What"), lambda row: what(row), width="wide"),
        Column("thing", _("Thing"), lambda row: thing(row)),
        Column("address", _("From"), shown=False),
        Column("at", _("When"), narrow=True),
    )
    filters = (
        ListFilter("user", _("Who"), lambda _user: people(), by("user_id")),
        ListFilter("kind", _("Kind"), lambda _user: kinds(), by("kind")),
    )

    def found(self, rows: QuerySet[AuditEntry], text: str) -> QuerySet[AuditEntry]:
        """Find by who, by what as the reader says it, or by the thing's name."""
        wanted = Q(who__icontains=text) | Q(name__icontains=text) | Q(verb__icontains=text)
        return rows.filter(wanted | Q(verb__in=deeds.verbs_like(text)))

    def first(self) -> Column:
        """Begin with who did it."""
        return Column("who", _("Who"), narrow=True)

    def name(self, row: Model) -> str:
        """Name who did it."""
        return str(getattr(row, "who", "")) or str(_("The product"))

    def under(self, row: AuditEntry) -> str:
        """Tell what they did on small screens."""
        return what(row)

    def picture(self, row: AuditEntry) -> Any:
        """Show their initials."""
        return avatar(row.who)

    def page(self, request: Any, row: AuditEntry) -> dict[str, Any]:
        """Tell what changed."""
        told = Told(row.at, row.who, row.verb, row.before, row.after)
        return {
            "what": what(row),
            "thing": thing(row),
            "thing_url": page_of(row, request.user),
            "changes": deeds.Words(row.kind).changes(told),
        }


here = Place(_("Audit trail"), "audit", "history", 980, "audit", under="settings")
urlpatterns = register(Audit, here, order=940)
