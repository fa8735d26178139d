"""Signs mails with DKIM (RFC 6376): relaxed/simple, RSA and SHA-256.

* Signer(domain, selector, private_key_pem)
* signer.sign(raw) -> bytes      the mail with its DKIM-Signature in front

`From` is signed once more than it occurs, so that nobody can add a second one; the unsubscribe
headers are covered, as RFC 8058 demands. Our bodies are encoded, so that nobody on the way has a
reason to touch their spaces.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

SIGNED = (
    *("from", "to", "subject", "date", "message-id", "reply-to", "list-unsubscribe"),
    *("list-unsubscribe-post", "list-id", "feedback-id", "mime-version", "content-type"),
)
SMALLEST_KEY = 1024
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\Z")
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_SPACES = re.compile(rb"[ \t]+")


class Signer:
    """One key of one domain; used by many threads."""

    def __init__(self, domain: str, selector: str, private_key_pem: str) -> None:
        if not (_NAME.match(domain) and _NAME.match(selector)):
            raise ValueError("Domain and selector are names of the domain name system.")
        key = load_pem_private_key(private_key_pem.encode(), password=None)
        if not isinstance(key, RSAPrivateKey) or key.key_size < SMALLEST_KEY:
            raise ValueError("The key must be an RSA key of 1024 bits or more.")
        self._key = key
        self._start = f"v=1; a=rsa-sha256; c=relaxed/simple; d={domain}; s={selector};"

    def sign(self, raw: bytes) -> bytes:
        """Return the mail with its signature."""
        head, _, body = raw.partition(b"\r\n\r\n")
        fields = dict(_fields(head))
        names = [name for name in SIGNED if name in fields]
        body_hash = b64encode(sha256(simple_body(body)).digest()).decode("ascii")
        signature = (
            f"{self._start}\r\n h={':'.join(names)}:from;\r\n bh={body_hash};\r\n b="
        ).encode("ascii")
        signed = b"".join(fields[name] + b"\r\n" for name in names)
        signed += b"dkim-signature:" + relaxed_value(signature)
        code = b64encode(self._key.sign(signed, PKCS1v15(), hashes.SHA256()))
        lines = b"\r\n ".join(code[at : at + 72] for at in range(0, len(code), 72))
        return b"DKIM-Signature: " + signature + lines + b"\r\n" + raw


def _fields(head: bytes) -> Iterator[tuple[str, bytes]]:
    """Each header in relaxed form by its name; the last of a name wins, as verifiers read."""
    for line in _FOLD.sub(b"", head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        lower = name.strip().lower()
        yield lower.decode("ascii", "replace"), lower + b":" + relaxed_value(value)


def relaxed_value(value: bytes) -> bytes:
    return _SPACES.sub(b" ", _FOLD.sub(b"", value)).strip(b" ")


def simple_body(body: bytes) -> bytes:
    """No empty lines at the end."""
    return body.rstrip(b"\r\n") + b"\r\n"
