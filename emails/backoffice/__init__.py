"""Screens of the email channel: list, editor, broadcasts, figures, captured mail."""

from emails.backoffice import (
    asking,
    deliveries,
    design,
    domains,
    gallery,
    listing,
    mailbox,
    of_contact,
    packed,
    preview,
    quarantine,
    sending,
    sources,
    statistics,
    testing,
)

urlpatterns = [
    *preview.urlpatterns,
    *design.urlpatterns,
    *testing.urlpatterns,
    *gallery.urlpatterns,
    *packed.urlpatterns,
    *listing.urlpatterns,
    *asking.urlpatterns,
    *sending.urlpatterns,
    *deliveries.urlpatterns,
    *mailbox.urlpatterns,
    *domains.urlpatterns,
    *sources.urlpatterns,
    *quarantine.urlpatterns,
]
__all__ = ["of_contact", "statistics"]
