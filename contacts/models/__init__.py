"""The tables of contacts, one file a subject."""

from contacts.models.consent import Consent, ConsentRecord, DoNotContact, Suppression
from contacts.models.contact import Company, Contact, ContactState, ContactTag, Identifier, Tag
from contacts.models.field import Field
from contacts.models.imports import Import, ImportContact, ImportReject

__all__ = [
    "Company",
    "Consent",
    "ConsentRecord",
    "Contact",
    "ContactState",
    "ContactTag",
    "DoNotContact",
    "Field",
    "Identifier",
    "Import",
    "ImportContact",
    "ImportReject",
    "Suppression",
    "Tag",
]
