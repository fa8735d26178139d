"""Screens of the SMS channel: list, form, broadcasts, figures, captured texts."""

from sms.backoffice import captured, listing, writing

urlpatterns = [*writing.urlpatterns, *listing.urlpatterns, *captured.urlpatterns]
