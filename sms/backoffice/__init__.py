"""Screens of the SMS channel: list, form, broadcasts, figures, captured texts."""

from sms.backoffice import asking, captured, deliveries, listing, of_contact, sending, writing

urlpatterns = [
    *writing.urlpatterns,
    *listing.urlpatterns,
    *asking.urlpatterns,
    *sending.urlpatterns,
    *deliveries.urlpatterns,
    *captured.urlpatterns,
]
__all__ = ["of_contact"]
