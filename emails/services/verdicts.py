"""Who opened or clicked, a person or a machine, by signs that can be looked up here.

* A HEAD, a prefetch, or a program that calls itself a robot or scanner is a machine.
* A mail program's own picture proxy opens for its reader: likely. One that fetches every picture
  in advance and names nobody (`Mozilla/5.0` alone) is a machine for opens.
* A click needs two further signs to be a machine's: no name of a program, or within two seconds
  of sending. One of them makes it likely. Speed alone never makes an open a machine's.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from kernel.models import Event

HUMAN, LIKELY, MACHINE = Event.Verdict.HUMAN, Event.Verdict.LIKELY, Event.Verdict.MACHINE
SUSPICIOUSLY_FAST = timedelta(seconds=2)
_ROBOT = re.compile(
    r"bot\b|crawl|spider|slurp|scanner|preview|prefetch|facebookexternalhit|barracuda|mimecast"
    r"|proofpoint|urldefense|safelinks|trendmicro|sophos|zscaler|forcepoint|headlesschrome",
    re.IGNORECASE,
)
_PROXY = re.compile(r"googleimageproxy|yahoomailproxy|ggpht", re.IGNORECASE)
_IN_ADVANCE = "Mozilla/5.0"


def of_open(hit: Mapping[str, Any]) -> int:
    """Judge the fetching of the pixel."""
    agent = str(hit.get("agent", ""))
    if _is_robot(hit, agent) or agent == _IN_ADVANCE:
        return MACHINE
    return LIKELY if not agent or _PROXY.search(agent) else HUMAN


def of_click(hit: Mapping[str, Any], at: datetime, sent_at: datetime | None) -> int:
    """Judge the following of a link."""
    agent = str(hit.get("agent", ""))
    if _is_robot(hit, agent):
        return MACHINE
    nameless = not agent or agent == _IN_ADVANCE
    fast = sent_at is not None and at - sent_at < SUSPICIOUSLY_FAST
    return (HUMAN, LIKELY, MACHINE)[nameless + fast]


def _is_robot(hit: Mapping[str, Any], agent: str) -> bool:
    return hit.get("method") == "HEAD" or bool(hit.get("prefetch")) or bool(_ROBOT.search(agent))
