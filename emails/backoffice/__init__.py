"""Screens of the email channel: list, editor, broadcasts, figures, captured mail."""

from emails.backoffice import (
    design,
    domains,
    gallery,
    listing,
    mailbox,
    packed,
    preview,
    quarantine,
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
    *mailbox.urlpatterns,
    *domains.urlpatterns,
    *sources.urlpatterns,
    *quarantine.urlpatterns,
]
__all__ = ["statistics"]
