"""What a browser says, read with suspicion: anybody can post anything.

A hit is `{"v": visitor, "c": consent given, "t": token, "e": [deeds]}`; a deed is
`{"n": "view" | "time" | "event", "i": view, "a": ms ago, "u", "t", "r", "s", "k", "d"}`; `b` on a
view says that a visit begins with it, which one view of a hit can do.
Whatever else it holds, such as an address of a person, is not even looked at.
"""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from kernel.documents import dumps
from kernel.events import event_types
from kernel.models import Event
from kernel.registry import ConfigProblem
from tracking.services.reports import TYPE
from tracking.signs import device_told, is_headless, is_robot
from tracking.spool import Line
from tracking.terms import Terms, origin_of
from tracking.visits import PARAMETER

MOST_DEEDS = 20
MOST_BYTES = 4_096
LONGEST_ADDRESS = 2_000
LONGEST_TEXT = 300
LONGEST_STAY = 24 * 3600
# A page may keep deeds back while it is offline or hidden, but not for ever.
OLDEST = timedelta(hours=1)
CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
VIEWED = "pages.viewed"
# What is told of one page, not of a visit.
OF_THE_PAGE = frozenset({"view", "title"})
# What a document of PostgreSQL cannot hold.
NUL = "\\u0000"
_INTRODUCTION = re.compile(rf"(?<=[?&]){PARAMETER}=[^&#]*&?")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing a visitor did."""

    type: str
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hit:
    """One call of the script."""

    visitor: str
    at: datetime
    token: str = ""
    verdict: int = Event.Verdict.HUMAN
    deeds: list[Deed] = field(default_factory=list)


def read(line: Line, allowed: Terms) -> Hit | None:
    """Return a hit that may be counted; None for one of robots, strangers' sites, the unwilling."""
    said, signs = line.data.get("said"), line.data.get("signs")
    if not isinstance(said, Mapping) or not isinstance(signs, Mapping):
        return None
    agent, site = str(signs.get("agent", "")), str(line.data.get("site", ""))
    unwilling = (allowed.respect_signals and line.data.get("signal")) or (
        allowed.consent_first and said.get("c") != 1
    )
    visitor = _visitor(said.get("v"))
    if unwilling or visitor is None or not allowed.allows(site) or is_robot(agent):
        return None
    told = said.get("e")
    device = device_told(agent)
    entries = (told if isinstance(told, list) else [])[:MOST_DEEDS]
    deeds = list(_deeds(entries, line.at, site, device))
    token = said.get("t")
    verdict = Event.Verdict.LIKELY if is_headless(agent) else Event.Verdict.HUMAN
    return Hit(visitor, line.at, token if isinstance(token, str) else "", int(verdict), deeds)


def _visitor(key: object) -> str | None:
    try:
        return str(uuid.UUID(key)) if isinstance(key, str) and len(key) == 36 else None
    except ValueError:
        return None


def _deeds(
    entries: Sequence[object], at: datetime, site: str, device: Mapping[str, str]
) -> Iterator[Deed]:
    """Walk what a hit tells: the first page of a visit is the visit's beginning, too, just once."""
    begun = False
    for entry in entries:
        if not isinstance(entry, Mapping) or not (deed := _deed(entry, at, site, device)):
            continue
        if deed.type == VIEWED and entry.get("b") == 1 and not begun:
            begun = True
            of_page = {key: value for key, value in deed.data.items() if key not in OF_THE_PAGE}
            yield Deed("visits.started", deed.at, of_page)
        yield deed


def _deed(
    entry: Mapping[str, Any], at: datetime, site: str, device: Mapping[str, str]
) -> Deed | None:
    ago = entry.get("a")
    age = timedelta(milliseconds=ago) if isinstance(ago, int) and 0 < ago < 10**9 else timedelta()
    moment = at - min(age, OLDEST)
    if entry.get("n") == "event":
        return _reported(entry, moment)
    page = _page(entry, site)
    if page is None or entry.get("n") not in {"view", "time"}:
        return None
    if entry["n"] == "view":
        told = {"title": _text(entry.get("t")), "referrer": _address(entry.get("r"))}
        data = {**page, **told, **_campaign(str(page["url"])), **device}
        return Deed(VIEWED, moment, {key: value for key, value in data.items() if value})
    seconds = entry.get("s")
    if not isinstance(seconds, int) or not 0 < seconds <= LONGEST_STAY:
        return None
    return Deed("pages.stayed", moment, {**page, "seconds": seconds})


def _reported(entry: Mapping[str, Any], at: datetime) -> Deed | None:
    """Take a custom event, or a typed one that browsers may report."""
    key, data = entry.get("k"), entry.get("d", {})
    if not isinstance(key, str) or not isinstance(data, dict) or not TYPE.fullmatch(key):
        return None
    kind = event_types.get(key)
    foreign = not getattr(kind, "open_to_browsers", False) if kind else _is_ours(key)
    written = _written(data)
    if foreign or len(written) > MOST_BYTES or NUL in written:
        return None
    try:
        payload = getattr(kind, "payload", None)
        return Deed(key, at, dict(payload(data)) if payload else dict(data))
    except ConfigProblem:
        return None


def _written(data: dict[str, Any]) -> str:
    try:
        return dumps(data)
    except TypeError:
        # Deeper than anybody means it.
        return NUL


def _is_ours(key: str) -> bool:
    return key.split(".")[0] in settings.LOCAL_APPS


def _page(entry: Mapping[str, Any], site: str) -> dict[str, Any] | None:
    """Return where it happened: a page of the site the hit came from, without its fragment."""
    url = _address(entry.get("u"))
    if not url or origin_of(url) != site:
        return None
    parts = urlsplit(url)
    page = {"url": url, "host": parts.hostname, "path": parts.path or "/"}
    view = _text(entry.get("i"))[:40]
    return {**page, "view": view} if view else page


def _address(value: object) -> str:
    if not isinstance(value, str) or not origin_of(value):
        return ""
    plain = _INTRODUCTION.sub("", value.partition("#")[0]).rstrip("?&")
    return _UNSEEN.sub("", plain)[:LONGEST_ADDRESS]


def _text(value: object) -> str:
    return _UNSEEN.sub(" ", value).strip()[:LONGEST_TEXT] if isinstance(value, str) else ""


def _campaign(url: str) -> dict[str, str]:
    # At most a thousand pairs fit into an address.
    found = dict(parse_qsl(urlsplit(url).query)) if "utm_" in url else {}
    return {name: _text(found[name]) for name in CAMPAIGN if found.get(name)}
