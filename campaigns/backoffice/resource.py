"""Campaigns as a resource: list, name form, history and uses; the page itself is the canvas."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.columns import Column
from backoffice.narrowing import ListFilter, by, mine, telling_whose
from backoffice.resource import Resource
from backoffice.templatetags.relais import pill
from campaigns.models import Campaign
from campaigns.services import drafts, goal_rates, saying, statistics


class NameForm(forms.ModelForm):  # type: ignore[type-arg]
    """A campaign begins with its name; all else is drawn."""

    class Meta:
        model = Campaign
        fields = ("name",)
        widgets = {"name": forms.TextInput({"autofocus": True})}


def state(row: Campaign) -> SafeString:
    """Return the pill of a campaign's state."""
    return pill(row.state, row.get_state_display())


def _rate(share: goal_rates.Share | None) -> str:
    """Write a goal rate; nothing where there is no goal, or nobody came."""
    if share is None or share.rate is None:
        return ""
    return gettext("%(number)s%%") % {"number": number_format(round(100 * share.rate, 1))}


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
    list_template = "campaigns/list.html"
    columns = (
        Column("state", _("State"), state, sort="state", narrow=True, width="mid"),
        Column("sources", _("Starts when"), lambda row: saying.sources_in_short(row.sources)),
        Column("active", _("On the way"), lambda row: vars(row).get("active"), end=True),
        Column("entered", _("Entered"), lambda row: vars(row).get("entered"), end=True),
        Column("goal", _("Goal rate"), lambda row: vars(row).get("goal"), end=True),
        Column("updated_at", _("Changed"), sort="updated_at", width="when"),
        Column("created_at", _("Created"), sort="created_at", shown=False),
    )
    filters = (
        ListFilter(
            "state",
            _("State"),
            Campaign.State.choices,
            by("state"),
        ),
        mine(),
    )

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Campaign]:
        """Remember whose people are counted."""
        return telling_whose(super().rows(user, verb), user)

    def attach(self, rows: list[Campaign]) -> None:
        """Say of each who is on the way, and how many came, of contacts one may see."""
        if not rows:
            return
        found = statistics.entrances([row.pk for row in rows], rows[0].seen_of)  # type: ignore[attr-defined]
        rates = goal_rates.shown_rates([row.pk for row in rows], rows[0].seen_of)  # type: ignore[attr-defined]
        for row in rows:
            vars(row).update(zip(("active", "entered"), found[row.pk], strict=True))
            vars(row)["goal"] = _rate(rates.get(row.pk))

    def state(self, row: Campaign) -> SafeString:
        """Show the state beside the name."""
        return state(row)

    def details(self, row: Campaign) -> list[tuple[Any, Any]]:
        """Tell what the list tells, of one."""
        self.attach([row])
        return list(super().details(row))

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
