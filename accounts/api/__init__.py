"""REST of accounts: who am I, tokens, users, roles."""

from accounts.api import audit, me, preferences, roles, tokens, users

__all__ = ["audit", "me", "preferences", "roles", "tokens", "users"]
