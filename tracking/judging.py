"""Who opened or clicked, a person or a machine, by signs that can be looked up here.

* A HEAD, a prefetch, or a program that calls itself a robot, a scanner or headless is a machine.
* A mail service's own picture proxy opens for its reader, and what names nothing but
  `Mozilla/5.0` may do so in advance (Apple's mail privacy): likely, with the reason.
* Speed or a private address alone never makes an open a machine's.
* A click needs two signs: within two seconds of sending, no name of a program, a private address,
  another link of the mail at the same time. Three links within seconds are signs enough.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kernel.models import Event
from tracking.signs import BARE, is_headless, is_library, is_proxy, is_robot

HUMAN, LIKELY, MACHINE = (
    int(verdict) for verdict in (Event.Verdict.HUMAN, Event.Verdict.LIKELY, Event.Verdict.MACHINE)
)
SUSPICIOUSLY_FAST = timedelta(seconds=2)
# How long a suspicious click waits for a second sign before it drives anything.
SUSPENSE = timedelta(seconds=10)
# As many links of one mail within so little time are not followed by hand.
BURST_LINKS = 3
BURST_WITHIN = timedelta(seconds=5)
# Says nothing bad alone: tests and offices behind a gateway come from such addresses.
WEAK = frozenset({"private_address"})


class Verdict(NamedTuple):
    """What something is taken for, and why; a suspicious click is to be looked at again."""

    value: int
    reasons: tuple[str, ...] = ()
    suspicious: bool = False


class Click(NamedTuple):
    """One following of one link, not yet an event."""

    delivery: int
    link: int
    url: str
    at: datetime
    verdict: Verdict
    # Device and system.
    told: Mapping[str, str] = {}


def of_open(hit: Mapping[str, Any]) -> Verdict:
    """Judge the fetching of the pixel."""
    agent = str(hit.get("agent", ""))
    if told := _told(hit, agent):
        return Verdict(MACHINE, (told,))
    if is_proxy(agent):
        return Verdict(LIKELY, ("image_proxy",))
    if agent == BARE:
        return Verdict(LIKELY, ("privacy_proxy",))
    reasons = tuple(
        name
        for name, holds in (
            ("nameless", not agent),
            ("program", is_library(agent)),
            ("private_address", bool(hit.get("private"))),
        )
        if holds
    )
    return Verdict(LIKELY if reasons else HUMAN, reasons)


def of_click(hit: Mapping[str, Any], at: datetime, sent_at: datetime | None) -> Verdict:
    """Judge the following of a link, by itself."""
    agent = str(hit.get("agent", ""))
    if told := _told(hit, agent):
        return Verdict(MACHINE, (told,))
    signs = (
        ("fast", sent_at is not None and at - sent_at < SUSPICIOUSLY_FAST),
        ("nameless", not agent or agent == BARE),
        ("private_address", bool(hit.get("private"))),
    )
    found = [name for name, holds in signs if holds]
    return by_signs(found, program=is_library(agent))


def by_signs(signs: list[str], *, program: bool = False) -> Verdict:
    """Count the signs of a click; that of a burst counts for the clicks around it, too."""
    hints = ("program",) if program else ()
    reasons = (*signs, *hints)
    if len(signs) > 1 or "burst" in signs:
        return Verdict(MACHINE, reasons)
    suspicious = bool(set(signs) - WEAK)
    return Verdict(LIKELY if reasons else HUMAN, reasons, suspicious)


def _told(hit: Mapping[str, Any], agent: str) -> str:
    """Return by what a program says itself that it is none; empty when it does not."""
    if hit.get("method") == "HEAD":
        return "head"
    if hit.get("prefetch"):
        return "prefetch"
    if is_headless(agent):
        return "headless"
    return "robot" if is_robot(agent) else ""
