"""Screens of the email channel: list, editor, broadcasts, figures, captured mail."""

from emails.backoffice import (
    design,
    domains,
    gallery,
    listing,
    mailbox,
    packed,
    preview,
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
]
__all__ = ["statistics"]
