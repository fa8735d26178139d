"""What is done with personal data in campaigns."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Campaign
from kernel.processing import Processing, declare

declare(
    Processing(
        key="campaigns.journeys",
        label=gettext_lazy("Campaigns"),
        purpose=gettext_lazy("Lead contacts through messages and steps by what they do"),
        whose=gettext_lazy("contacts who neither are restricted nor object to profiling"),
        basis=gettext_lazy("consent, or legitimate interest"),
        data=lambda: [_("where somebody stands, which steps they took and when")],
        covers=("campaigns.visits",),
        happens=Campaign.objects.exists,
    )
)
