"""Screens of the email channel: list, editor, broadcasts, figures, captured mail."""

from emails.backoffice import deliveries, listing, mailbox, preview, sending, statistics, testing

urlpatterns = [
    *preview.urlpatterns,
    *testing.urlpatterns,
    *listing.urlpatterns,
    *sending.urlpatterns,
    *deliveries.urlpatterns,
    *mailbox.urlpatterns,
]
__all__ = ["statistics"]
