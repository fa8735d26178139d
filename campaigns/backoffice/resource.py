"""Campaigns as a resource: list, name form, history and uses; the page itself is the canvas."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from backoffice.columns import Column
from backoffice.narrowing import ListFilter, by, mine
from backoffice.resource import Resource
from backoffice.templatetags.relais import pill
from campaigns.models import Campaign
from campaigns.services import drafts, saying

# Folded figures and those of the last second, of the entrance alone.
FIGURE = """
SELECT coalesce(sum(f.{name}), 0) FROM campaign_node n JOIN (
  SELECT node_id, {name} FROM node_count UNION ALL SELECT node_id, {name} FROM node_delta) f
  ON f.node_id = n.id WHERE n.campaign_id = campaign.id AND n.name = 'start'"""


class NameForm(forms.ModelForm):  # type: ignore[type-arg]
    """A campaign begins with its name; all else is drawn."""

    class Meta:
        model = Campaign
        fields = ("name",)
        widgets = {"name": forms.TextInput({"autofocus": True})}


def state(row: Campaign) -> SafeString:
    """Return the pill of a campaign's state."""
    hues = {"published": ("accent", "player-play"), "unpublished": ("amber", "player-pause")}
    words = {"draft": _("Draft"), "published": _("Live"), "unpublished": _("Paused")}
    return pill(row.state, words[row.state], *hues.get(row.state, ("", "")))


class Campaigns(Resource[Campaign]):
    """Journeys."""

    key = kind = "campaigns"
    model = Campaign
    form = NameForm
    icon = "route"
    label, plural, new_label = _("Campaign"), _("Campaigns"), _("New campaign")
    purpose = _("A campaign writes to people when something happens.")
    owner = "owner"
    subject = "campaign"
    default_sort = "-updated_at"
    columns = (
        Column("state", _("State"), state, sort="state", narrow=True, width="mid"),
        Column("sources", _("Starts when"), lambda row: saying.sources_in_short(row.sources)),
        Column("active", _("In flight"), lambda row: row.active, end=True),
        Column("entered", _("Entered"), lambda row: row.entered, end=True),
        Column("updated_at", _("Changed"), sort="updated_at"),
        Column("created_at", _("Created"), sort="created_at", shown=False),
    )
    filters = (
        ListFilter(
            "state",
            _("State"),
            [("draft", _("Draft")), ("published", _("Live")), ("unpublished", _("Paused"))],
            by("state"),
        ),
        mine(),
    )

    def listed(self, rows: QuerySet[Campaign]) -> QuerySet[Campaign]:
        """Add who is on the way, and how many came."""
        return rows.annotate(
            active=RawSQL(FIGURE.format(name="waiting"), []),  # noqa: S611 - a statement of ours
            entered=RawSQL(FIGURE.format(name="yes"), []),  # noqa: S611 - a statement of ours
        )

    def state(self, row: Campaign) -> SafeString:
        """Show the state beside the name."""
        return state(row)

    def details(self, row: Campaign) -> list[tuple[Any, Any]]:
        """Tell what the list tells, of one."""
        return list(super().details(self.listed(Campaign.objects.filter(pk=row.pk)).get()))

    def save(self, form: "forms.ModelForm[Any]", user: Any, now: datetime) -> Campaign:
        """Make a draft, or rename one."""
        name = {"name": form.cleaned_data["name"]}
        if form.instance.pk is None:
            return drafts.create({**name, "owner": user})
        return drafts.change(Campaign.objects.get(pk=form.instance.pk), name, now, user=user)

    def delete(self, row: Campaign, now: datetime) -> None:
        """Delete what does not run and nothing names."""
        drafts.delete(row, now)

    def told(self, row: Campaign) -> dict[str, Any]:
        """Keep of a campaign what people read."""
        return {"name": row.name, "state": row.state, "objective": row.objective}
