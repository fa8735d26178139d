"""What campaigns offer to bulk actions and the API: putting people in, taking them out."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from campaigns.models import Campaign
from campaigns.plugins.queues import STEPS
from campaigns.services import admitting, finality, publishing
from kernel import subjects
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.ids import LARGEST_SMALL_ID, read_id
from kernel.permissions import Actor
from kernel.settings_forms import picking


class CampaignList(forms.JSONField):
    """Ids of campaigns that exist."""

    def clean(self, value: Any) -> list[int]:
        """Look them up; strings of digits are ids, too."""
        if value in (None, "", []):
            return []
        if not isinstance(value, list) or len(value) > 100:
            raise ValidationError(_("A list of ids is expected."), "invalid")
        read = {read_id(item, LARGEST_SMALL_ID) for item in value}
        wanted = {number for number in read if number is not None}
        if wanted != read:
            raise ValidationError(_("A list of ids is expected."), "invalid")
        known = set(Campaign.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        if known != wanted:
            raise ValidationError(_("There is no such object."), "not_found")
        return sorted(known)


class CampaignsForm(forms.Form):
    """Campaigns people are put into, and taken out of."""

    add = picking(
        "campaign", CampaignList(label=_lazy("Add to campaigns"), required=False), many=True
    )
    remove = picking(
        "campaign", CampaignList(label=_lazy("Take out of campaigns"), required=False), many=True
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what changes nothing, or both ways at once."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        add, remove = values.get("add"), values.get("remove")
        if not self.errors and not add and not remove:
            raise ValidationError(_("Name at least one campaign."), "required")
        if set(add or ()) & set(remove or ()):
            raise ValidationError(_("A campaign stands in both lists."), "invalid")
        return values


@contact_actions.register
class ChangeCampaigns(ContactAction):
    """Put people into campaigns, or take them out."""

    key = "campaigns.change"
    label = _lazy("Change campaigns")
    form = CampaignsForm
    icon = "sitemap"
    needs: ClassVar[str] = "edit"
    places = frozenset({"campaign", "trigger", "bulk", "api"})

    def check_reach(self, user: Actor, verb: str) -> None:
        """Refuse to lead people into campaigns that delete them to whoever may not delete."""
        super().check_reach(user, verb)
        finality.check(self.config.get("add", []), user)

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Put the whole batch in and out, campaign by campaign."""
        origin = admitting.origin(batch.causes)
        if origin in (*self.config.get("add", []), *self.config.get("remove", [])):
            words = _("A step does not put people into its own campaign, nor take them out of it.")
            return Outcomes(skipped=dict.fromkeys(batch.contacts, words))
        how: dict[str, Any] = {"origin": origin, "trigger": admitting.trigger(batch.causes)}
        for campaign in self.config.get("add", []):
            try:
                admitting.add(campaign, batch.contacts, now, depth=batch.depth, **how)
            except publishing.NotPossible as error:
                return Outcomes(skipped=dict.fromkeys(batch.contacts, error.message))
        for campaign in self.config.get("remove", []):
            admitting.remove(campaign, batch.contacts, now, depth=batch.depth)
        return Outcomes(wake={STEPS})

    def describe(self) -> str:
        """Name the campaigns."""
        parts = []
        templates = {"add": _("add to %(names)s"), "remove": _("take out of %(names)s")}
        for key, template in templates.items():
            if ids := self.config.get(key):
                known = subjects.names("campaign", ids)
                names = ", ".join(known.get(number, f"#{number}") for number in ids)
                parts.append(template % {"names": names})
        return ", ".join(parts)

    def done(self, count: int, shown: str) -> str:
        """Say which campaigns they were brought into, or taken out of."""
        added, taken = (
            ngettext(
                "%(count)s contact added to %(names)s",
                "%(count)s contacts added to %(names)s",
                count,
            ),
            ngettext(
                "%(count)s contact taken out of %(names)s",
                "%(count)s contacts taken out of %(names)s",
                count,
            ),
        )
        parts = (
            words % {"count": shown, "names": subjects.quoted("campaign", self.config[key])}
            for key, words in (("add", added), ("remove", taken))
            if self.config.get(key)
        )
        return " · ".join(parts)

    def uses(self) -> list[tuple[str, int]]:
        """Name the campaigns."""
        ids = {*self.config.get("add", []), *self.config.get("remove", [])}
        return [("campaign", number) for number in sorted(ids)]
