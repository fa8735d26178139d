"""Contacts on screen: people, companies, fields, tags, topics, imports, exports."""

from contacts.backoffice import (
    below,
    companies,
    company_people,
    exports,
    fields,
    imports,
    people,
    privacy,
    register,
    suppressions,
    tags,
    topics,
    trail,
)

__all__ = ["trail", "urlpatterns"]
urlpatterns = [
    *people.urlpatterns,
    *below.urlpatterns,
    *companies.urlpatterns,
    *company_people.urlpatterns,
    *fields.urlpatterns,
    *tags.urlpatterns,
    *topics.urlpatterns,
    *suppressions.urlpatterns,
    *imports.urlpatterns,
    *exports.urlpatterns,
    *privacy.urlpatterns,
    *register.urlpatterns,
]
