"""How a message introduces its reader to a tracked site: a token in the address, soon too old.

The script of the site takes it out of the address and sends it with the first hit. Other channels
declare in `resolvers` whom their messages went to, and whether a person followed them.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from kernel import clock
from tracking import terms
from tracking.tokens import make, read

PARAMETER = "rl_visit"
VALID = timedelta(minutes=10)

# Returns the contact of each message that a person has followed; others stay unknown.
Resolver = Callable[[Sequence[int]], dict[int, int]]
resolvers: dict[str, Resolver] = {}


def introduce(address: str, source: str, reference: int) -> str:
    """Return an address with the token, when it leads to a site of ours."""
    if not terms.known().allows(terms.origin_of(address)):
        return address
    token = make("visit", source, reference, int(clock.now().timestamp()))
    head, mark, fragment = address.partition("#")
    return f"{head}{'&' if '?' in head else '?'}{PARAMETER}={token}{mark}{fragment}"


def introduced(token: str, at: datetime) -> tuple[str, int] | None:
    """Return source and reference of a token that was young when it came in."""
    payload = read("visit", token)
    if payload is None or len(payload) != 3:
        return None
    source, reference, made = payload
    if not (isinstance(source, str) and isinstance(reference, int) and isinstance(made, int)):
        return None
    if source not in resolvers or abs(at.timestamp() - made) > VALID.total_seconds():
        return None
    return source, reference


def identity(contact: int, now: datetime) -> str:
    """Sign that whoever shows this is the contact; a site hands it to who is signed in there."""
    return make("identify", contact, int(now.timestamp()))


def identified(token: str, at: datetime) -> int | None:
    """Return the contact a site vouches for, within a day."""
    payload = read("identify", token)
    if payload is None or len(payload) != 2:
        return None
    contact, made = payload
    if not (isinstance(contact, int) and isinstance(made, int)):
        return None
    return contact if abs(at.timestamp() - made) <= timedelta(days=1).total_seconds() else None
