"""Contacts on screen: people, companies, fields, tags, topics, imports."""

from contacts.backoffice import imports, people

urlpatterns = [*people.urlpatterns, *imports.urlpatterns]
