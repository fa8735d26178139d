"""Contacts on screen: people, companies, fields, tags, topics, imports."""

from contacts.backoffice import companies, fields, imports, people, suppressions, tags, topics

urlpatterns = [
    *people.urlpatterns,
    *companies.urlpatterns,
    *fields.urlpatterns,
    *tags.urlpatterns,
    *topics.urlpatterns,
    *suppressions.urlpatterns,
    *imports.urlpatterns,
]
