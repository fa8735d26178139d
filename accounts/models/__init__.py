"""Users, roles and API tokens."""

from accounts.models.roles import BuiltIn, Role
from accounts.models.tokens import Token
from accounts.models.users import User

__all__ = ["BuiltIn", "Role", "Token", "User"]
