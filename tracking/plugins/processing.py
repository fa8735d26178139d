"""What is done with personal data to measure visits."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel import preferences
from kernel.processing import Processing, declare


def _data() -> Sequence[str]:
    found = [
        _("a random key of the browser, pages and times, where visitors came from"),
        _("what the sites report; device and operating system"),
    ]
    sites = ", ".join(preferences.get("tracking.sites"))
    if sites:
        found.append(_("on these sites: %(sites)s") % {"sites": sites})
    if preferences.get("tracking.consent_first"):
        found.append(_("nothing before the visitor agreed"))
    return found


declare(
    Processing(
        key="tracking.visits",
        label=gettext_lazy("Measuring visits"),
        purpose=gettext_lazy("Know which pages interest whom"),
        whose=gettext_lazy("contacts and unknown visitors"),
        basis=gettext_lazy("consent"),
        data=_data,
        covers=("tracking.visitors",),
        kept=("tracking.visitors", "events.web"),
    )
)
