"""REST of accounts: who am I, tokens, users, roles."""

from accounts.api import me, roles, tokens, users

__all__ = ["me", "roles", "tokens", "users"]
