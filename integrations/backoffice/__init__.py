"""Connections on screen: the list, the form, what goes there, the log, and a contact's tab."""

from integrations.backoffice import connections, log, of_contact

urlpatterns = [
    *connections.urlpatterns,
    *log.urlpatterns,
    *of_contact.urlpatterns,
]
