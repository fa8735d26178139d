"""DKIM keys of sending domains: made, rotated with a second selector, used to sign."""

import logging
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import lru_cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from django.db import transaction
from django.utils.translation import gettext as _

from emails.dkim import Signer
from emails.models import SigningDomain, SigningKey
from kernel.sealing import Unreadable, seal, unseal

logger = logging.getLogger(__name__)
K = SigningKey.State
BITS = 2048
PURPOSE = "dkim"
# A character string of a TXT record is 255 long at most.
LONGEST_STRING = 255
_SELECTOR = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
_NUMBER = re.compile(r"(.*?)(\d*)\Z")


class SigningRefused(ValueError):  # noqa: N818 - an answer to a person
    """The key cannot be made or used like this."""


def create(domain: str, selector: str) -> SigningDomain:
    """Begin to sign for a domain."""
    _check(selector)
    with transaction.atomic():
        owner = SigningDomain.objects.create(domain=domain)
        _make(owner, selector, K.ACTIVE)
    return owner


def rotate(owner: SigningDomain, selector: str = "") -> SigningKey:
    """Make the next key: it signs once its record is published and it was activated."""
    with transaction.atomic():
        _lock(owner)
        if owner.keys.filter(state=K.NEW).exists():
            raise SigningRefused(_("A new key already waits for its DNS record."))
        selector = selector or _next([key.selector for key in owner.keys.all()])
        _check(selector)
        if owner.keys.filter(selector=selector).exists():
            raise SigningRefused(_("This selector had another key."))
        return _make(owner, selector, K.NEW)


def activate(owner: SigningDomain) -> SigningKey:
    """Sign with the new key; the old one's record stays for the mails that are under way."""
    with transaction.atomic():
        _lock(owner)
        fresh = owner.keys.filter(state=K.NEW).first()
        if fresh is None:
            raise SigningRefused(_("There is no new key: rotate first."))
        owner.keys.filter(state=K.ACTIVE).update(state=K.RETIRED)
        fresh.state = K.ACTIVE
        fresh.save(update_fields=["state"])
        return fresh


def record_of(key: SigningKey) -> dict[str, str]:
    """Return the DNS record that lets receivers verify."""
    value = f"v=DKIM1; k=rsa; p={key.public}"
    strings = [value[at : at + LONGEST_STRING] for at in range(0, len(value), LONGEST_STRING)]
    return {
        "type": "TXT",
        "name": f"{key.selector}._domainkey.{key.owner.domain}",
        "value": value,
        "zone_line": " ".join(f'"{string}"' for string in strings),
    }


def signers() -> dict[str, Signer]:
    """Return the signer of each domain whose key can be read; mails of the others go unsigned."""
    keys = SigningKey.objects.filter(state=K.ACTIVE).select_related("owner")
    found = {key.owner.domain: _signer(key.owner.domain, key.selector, key.sealed) for key in keys}
    return {domain: signer for domain, signer in found.items() if signer}


def is_readable(key: SigningKey) -> bool:
    """Say whether a key can be used with the secrets this installation has now."""
    try:
        unseal(key.sealed, PURPOSE)
    except Unreadable:
        return False
    return True


def signer_for(address: str, known: Mapping[str, Signer]) -> Signer | None:
    """Return the signer aligned with a sender: of its very domain, or of one above it."""
    domain = address.rpartition("@")[2].lower()
    while "." in domain:
        if domain in known:
            return known[domain]
        domain = domain.partition(".")[2]
    return None


def unsigned(senders: Iterable[str]) -> list[str]:
    """Return the domains of senders for which no key signs, though there are signing domains."""
    if not SigningDomain.objects.exists():
        return []
    known = signers()
    # Whose domain a token names is known only when the mail is written.
    told = {one.rpartition("@")[2].lower() for one in senders}
    return sorted(one for one in told if "{" not in one and not signer_for(f"@{one}", known))


@lru_cache(maxsize=64)
def _signer(domain: str, selector: str, sealed: str) -> Signer | None:
    # Kept with the signers, so that it is told once and not with every batch.
    try:
        return Signer(domain, selector, unseal(sealed, PURPOSE))
    except Unreadable:
        logger.error(
            "The DKIM key %s of %s cannot be read with this SECRET_KEY: mails go unsigned.",
            selector,
            domain,
        )
        return None


def _make(owner: SigningDomain, selector: str, state: str) -> SigningKey:
    private = generate_private_key(public_exponent=65537, key_size=BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return SigningKey.objects.create(
        owner=owner,
        selector=selector,
        state=state,
        sealed=seal(pem.decode(), PURPOSE),
        public=b64encode(public).decode(),
    )


def _lock(owner: SigningDomain) -> None:
    SigningDomain.objects.select_for_update(no_key=True).get(pk=owner.pk)


def _check(selector: str) -> None:
    if not _SELECTOR.match(selector):
        raise SigningRefused(_("A selector is made of small letters, digits and hyphens."))


def _next(selectors: list[str]) -> str:
    """Count on from the selectors there were."""
    found = [_NUMBER.match(selector) for selector in selectors]
    last = max((int(match[2] or 0) for match in found if match), default=0)
    stem = found[-1][1] if found and found[-1] else "relais"
    return f"{stem}{last + 1}"
