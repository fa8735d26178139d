"""Contacts on screen: people, companies, fields, tags, topics, imports, exports."""

from contacts.backoffice import (
    companies,
    exports,
    fields,
    imports,
    people,
    suppressions,
    tags,
    topics,
    trail,
)

__all__ = ["trail", "urlpatterns"]
urlpatterns = [
    *people.urlpatterns,
    *companies.urlpatterns,
    *fields.urlpatterns,
    *tags.urlpatterns,
    *topics.urlpatterns,
    *suppressions.urlpatterns,
    *imports.urlpatterns,
    *exports.urlpatterns,
]
