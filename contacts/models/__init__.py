"""The tables of contacts, one file a subject."""

from contacts.models.company import Company, CompanyIdentifier, CompanyPerson, CompanyTrace
from contacts.models.consent import (
    ChannelWish,
    Consent,
    ConsentRecord,
    DoNotContact,
    Suppression,
    Topic,
)
from contacts.models.contact import (
    Contact,
    ContactState,
    ContactTag,
    Identifier,
    Tag,
)
from contacts.models.departure import Departure, DepartureBrake
from contacts.models.erasure import Erasure, ErasureReplay, ForgottenWord
from contacts.models.exports import Export
from contacts.models.field import Field
from contacts.models.imports import Import, ImportCompany, ImportContact, ImportReject
from contacts.models.restriction import Restriction
from contacts.models.trace import Distinct, FormerIdentifier, Merge

__all__ = [
    "ChannelWish",
    "Company",
    "CompanyIdentifier",
    "CompanyPerson",
    "CompanyTrace",
    "Consent",
    "ConsentRecord",
    "Contact",
    "ContactState",
    "ContactTag",
    "Departure",
    "DepartureBrake",
    "Distinct",
    "DoNotContact",
    "Erasure",
    "ErasureReplay",
    "Export",
    "Field",
    "ForgottenWord",
    "FormerIdentifier",
    "Identifier",
    "Import",
    "ImportCompany",
    "ImportContact",
    "ImportReject",
    "Merge",
    "Restriction",
    "Suppression",
    "Tag",
    "Topic",
]
