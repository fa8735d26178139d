"""The back office of contacts."""

from contacts.backoffice import imports

urlpatterns = [*imports.urlpatterns]
