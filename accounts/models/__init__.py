"""Users, their invitations, roles, API tokens, and mails to users."""

from accounts.models.audit import AuditEntry
from accounts.models.invitations import Invitation
from accounts.models.mails import AccountMail
from accounts.models.roles import BuiltIn, Role
from accounts.models.tokens import Token
from accounts.models.tries import Attempt
from accounts.models.users import User

__all__ = [
    "AccountMail",
    "Attempt",
    "AuditEntry",
    "BuiltIn",
    "Invitation",
    "Role",
    "Token",
    "User",
]
