"""The tables of contacts, one file a subject."""

from contacts.models.consent import (
    ChannelWish,
    Consent,
    ConsentRecord,
    DoNotContact,
    Suppression,
    Topic,
)
from contacts.models.contact import (
    Company,
    Contact,
    ContactState,
    ContactTag,
    Erasure,
    Identifier,
    Merge,
    Tag,
)
from contacts.models.exports import Export
from contacts.models.field import Field
from contacts.models.imports import Import, ImportContact, ImportReject

__all__ = [
    "ChannelWish",
    "Company",
    "Consent",
    "ConsentRecord",
    "Contact",
    "ContactState",
    "ContactTag",
    "DoNotContact",
    "Erasure",
    "Export",
    "Field",
    "Identifier",
    "Import",
    "ImportContact",
    "ImportReject",
    "Merge",
    "Suppression",
    "Tag",
    "Topic",
]
