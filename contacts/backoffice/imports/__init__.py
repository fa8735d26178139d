"""Imports on screen: their list, the steps of a new one, how one goes."""

from contacts.backoffice.imports.addresses import urlpatterns

__all__ = ["urlpatterns"]
