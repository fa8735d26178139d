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
    Tag,
)
from contacts.models.exports import Export
from contacts.models.field import Field
from contacts.models.imports import Import, ImportContact, ImportReject
from contacts.models.trace import Distinct, FormerIdentifier, Merge

__all__ = [
    "ChannelWish",
    "Company",
    "Consent",
    "ConsentRecord",
    "Contact",
    "ContactState",
    "ContactTag",
    "Distinct",
    "DoNotContact",
    "Erasure",
    "Export",
    "Field",
    "FormerIdentifier",
    "Identifier",
    "Import",
    "ImportContact",
    "ImportReject",
    "Merge",
    "Suppression",
    "Tag",
    "Topic",
]
