"""Point rules on screen."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.generic import View

from backoffice.access import Permitted
from backoffice.bulk_screens import deleting
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import ListFilter, mine
from backoffice.resource import Resource
from backoffice.routes import register
from backoffice.templatetags.relais import pill
from kernel import clock, filters
from kernel.events import event_types
from kernel.filters.problems import FilterProblem
from points.backoffice.rule_form import PointRuleForm
from points.models import PointRule
from points.services.telling import given_by

YES, NO = "yes", "no"


class PointRules(Resource[PointRule]):
    """What people do gives or takes points."""

    key = "point-rules"
    path = "points/rules"
    kind = "point_rules"
    model = PointRule
    form = PointRuleForm
    icon = "target-arrow"
    label, plural, new_label = _lazy("Point rule"), _lazy("Point rules"), _lazy("New point rule")
    purpose = _lazy("A rule gives or takes points when people do something.")
    owner = "owner"
    subject = "point_rule"
    search = ("name", "description")
    columns = (
        Column("event", _lazy("When"), lambda row: event_label(row.event), width="wide"),
        Column(
            "delta", _lazy("Points"), lambda row: f"{row.delta:+d}", "delta", end=True, narrow=True
        ),
        Column("group", _lazy("Group"), lambda row: row.group.name if row.group else ""),
        Column("state", _lazy("State"), lambda row: state_pill(row), width="mid"),
        Column("updated_at", _lazy("Changed"), sort="updated_at", width="slim"),
    )
    filters = (
        ListFilter(
            "active",
            _lazy("Active"),
            ((YES, _lazy("yes")), (NO, _lazy("no"))),
            lambda rows, value: rows.filter(active=value == YES),
        ),
        mine(),
    )
    form_template = "points/rule_form.html"
    item_template = "points/rule.html"

    def rows(self, user: Any, verb: str = "view") -> QuerySet[PointRule]:
        """Read the group along."""
        return super().rows(user, verb).select_related("group")

    def form_for(self, request: HttpRequest, row: PointRule | None, data: Any = None) -> Any:
        """Check filters and items with the rights of who writes them."""
        return PointRuleForm(data, instance=row, user=request.user)

    def state(self, row: PointRule) -> Any:
        """Tell whether it holds."""
        return state_pill(row)

    def details(self, row: PointRule) -> list[tuple[Any, Any]]:
        """Say the rule in full."""
        told = [
            (_("When"), said({"event": row.event, **({"where": row.where} if row.where else {})})),
            (_("Points"), f"{row.delta:+d}"),
            (_("Group"), row.group.name if row.group else _("the total")),
            (_("How often"), row.get_repeat_display()),
            (_("For whom"), said(row.filter) if row.filter else _("everybody")),
        ]
        more = {
            _("From which time on"): row.nth if row.nth > 1 else None,
            _("At most a day"): row.most_a_day,
            _("At most in all"): row.most,
            _("Expire after"): row.expire_days and _days(row.expire_days),
            _("From"): row.active_from,
            _("Until"): row.active_until,
            _("Put aside, because"): row.problem,
        }
        shown = Column("value", "", lambda value: value)
        return [*told, *((label, shown.cell(value)) for label, value in more.items() if value)]

    def page(self, request: HttpRequest, row: PointRule) -> dict[str, Any]:
        """Count what it gave."""
        user: Any = request.user
        return {"given": given_by(row.pk, user)}

    def told(self, row: PointRule) -> Mapping[str, Any]:
        """Compare what people edit."""
        return {
            field.name: getattr(row, field.attname)
            for field in row._meta.concrete_fields
            if field.name not in {"id", "version", "uses", "created_at", "updated_at", "owner"}
        }


def _days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def event_label(key: str) -> str:
    """Return what people call a type of event; a client's own by its key."""
    kind = event_types.get(key)
    return str(kind.label) if kind else key


def state_pill(row: PointRule) -> Any:
    """Tell whether it holds now."""
    now = clock.now()
    if not row.active:
        return pill("unpublished", _("off"))
    if row.active_from and row.active_from > now:
        return pill("scheduled", _("later"))
    if row.active_until and row.active_until <= now:
        return pill("expired", _("over"))
    return pill("published", _("active"))


def said(tree: Any) -> str:
    """Say a filter; one that can no longer be read by what is wrong with it."""
    try:
        return filters.sentence(tree)
    except FilterProblem as problem:
        return " ".join(one["message"] for one in problem.problems)


class Where(Permitted, View):
    """What may be asked of an event, once it is chosen."""

    kind = "point_rules"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw the fields for the event that the address names."""
        form = PointRuleForm(initial={"event": request.GET.get("event", "")}, user=request.user)
        return render(request, "points/where.html", {"form": form})


PointRules.bulk = (deleting(PointRules),)
urlpatterns = [
    path("points/rules/where", Where.as_view(), name="point-rules-where"),
    *register(
        PointRules,
        Place(_lazy("Rules"), "point-rules", "target-arrow", 610, "point_rules", under="points"),
        order=610,
    ),
]
