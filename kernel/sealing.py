"""Keeps secrets in the database that its copies do not reveal: sealed with a key kept outside.

* seal(text, purpose) -> str · unseal(sealed, purpose) -> str, raises `Unreadable`
* seal_alike(text, purpose) -> str: the same for the same text, for settings that are compared

The key comes from `SECRET_KEY`; those of `SECRET_KEY_FALLBACKS` still open what they sealed.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256, sha512

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

ALIKE = "sealed:"


class Unreadable(Exception):  # noqa: N818 - it says what became of the secret
    """Sealed with a key that is not known here, or for another purpose, or changed."""


def seal(text: str, purpose: str) -> str:
    """Encrypt a secret for one purpose."""
    return _box(purpose).encrypt(text.encode()).decode("ascii")


def seal_alike(text: str, purpose: str) -> str:
    """Encrypt a secret for one purpose, alike every time: whether two are the same can be seen."""
    box = AESSIV(_long_key(settings.SECRET_KEY, purpose))
    return ALIKE + urlsafe_b64encode(box.encrypt(text.encode(), None)).decode("ascii")


def is_alike(text: str) -> bool:
    """Say whether `seal_alike` made this."""
    return text.startswith(ALIKE)


def unseal(sealed: str, purpose: str) -> str:
    """Decrypt what `seal` or `seal_alike` made."""
    if is_alike(sealed):
        return _unseal_alike(sealed.removeprefix(ALIKE), purpose)
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable(purpose) from error


def _unseal_alike(sealed: str, purpose: str) -> str:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            box = AESSIV(_long_key(secret, purpose))
            return box.decrypt(urlsafe_b64decode(sealed), None).decode()
        except (InvalidTag, ValueError):
            continue
    raise Unreadable(purpose)


def _box(purpose: str) -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret, purpose)) for secret in secrets])


def _key(secret: str, purpose: str) -> bytes:
    return urlsafe_b64encode(sha256(f"sealing:{purpose}:{secret}".encode()).digest())


def _long_key(secret: str, purpose: str) -> bytes:
    return sha512(f"sealing:alike:{purpose}:{secret}".encode()).digest()
