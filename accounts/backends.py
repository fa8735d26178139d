"""Checking email and password at sign-in."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser


class EmailBackend(AuthenticationBackend):  # type: ignore[misc]
    """Answers for a disabled user as for a wrong password, so that neither can be told apart."""

    @classmethod
    def _stash_user(cls, user: AbstractBaseUser | None) -> None:
        """Remember nobody: allauth would send a disabled user to a page that says so."""
