"""REST of accounts: who am I, tokens, users, roles."""

from accounts.api import me, preferences, roles, tokens, users

__all__ = ["me", "preferences", "roles", "tokens", "users"]
