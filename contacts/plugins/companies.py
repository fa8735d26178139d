"""What companies offer: their score as an action, the job that merges them, who may be named."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contacts.models import Company
from contacts.services import company_merge
from contacts.services.company_score import adjust
from kernel import jobs, subjects
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions

LARGEST = 1_000_000

jobs.handles(company_merge.KIND)(company_merge.run)


def _names(ids: list[int]) -> dict[int, str]:
    return dict(Company.objects.filter(pk__in=ids).values_list("pk", "name"))


subjects.declare("company", _names, rights="companies", rows=Company.objects.all())


class ScoreForm(forms.Form):
    """By how much."""

    delta = forms.IntegerField(label=gettext_lazy("Score"), min_value=-LARGEST, max_value=LARGEST)

    def clean_delta(self) -> int:
        """Refuse what changes nothing."""
        delta: int = self.cleaned_data["delta"]
        if delta == 0:
            raise forms.ValidationError(_("Give a number other than zero."), "zero")
        return delta


@contact_actions.register
class AdjustScore(ContactAction):
    """Adds to the score of the companies that people belong to, or takes from it."""

    key = "companies.score"
    label = gettext_lazy("Adjust the company's score")
    form = ScoreForm
    icon = "building"
    reversible = True

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Change all companies of the batch in one statement."""
        adjust(batch.contacts, self.config["delta"], depth=batch.depth, bulk=batch.bulk)
        return Outcomes()

    def done(self, count: int, shown: str) -> str:
        """Say for how many people."""
        words = ngettext(
            "Score of the company of %(count)s contact adjusted by %(delta)s",
            "Score of the companies of %(count)s contacts adjusted by %(delta)s",
            count,
        )
        return words % {"count": shown, "delta": f"{self.config['delta']:+d}"}

    def describe(self) -> str:
        """Say by how much."""
        return _("Adjust the company's score by %(delta)s") % {
            "delta": f"{self.config['delta']:+d}"
        }
