"""Keeps secrets in the database that its copies do not reveal: sealed with a key kept outside.

* seal(text, purpose) -> str · unseal(sealed, purpose) -> str, raises `Unreadable`

The key comes from `SECRET_KEY`; those of `SECRET_KEY_FALLBACKS` still open what they sealed.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):  # noqa: N818 - it says what became of the secret
    """Sealed with a key that is not known here, or for another purpose, or changed."""


def seal(text: str, purpose: str) -> str:
    """Encrypt a secret for one purpose."""
    return _box(purpose).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str, purpose: str) -> str:
    """Decrypt what `seal` made."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable(purpose) from error


def _box(purpose: str) -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret, purpose)) for secret in secrets])


def _key(secret: str, purpose: str) -> bytes:
    return urlsafe_b64encode(sha256(f"sealing:{purpose}:{secret}".encode()).digest())
