"""What a request says about who sent it: noted on the spool, judged later."""

import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from kernel.origins import sender_of

AGENT_LENGTH = 300
# Operating systems, by the names they have everywhere.
SYSTEMS: Mapping[str, str] = {
    "android": "Android",
    "chromeos": "ChromeOS",
    "ios": "iOS",
    "linux": "Linux",
    "macos": "macOS",
    "windows": "Windows",
}
# Programs that say what they are: crawlers, previews of links, scanners of mail.
_ROBOT = re.compile(
    r"(?<!cu)bot\b|bots\b|bot[/_-]|crawl|spider|slurp|scanner|scan\b|scrap|fetcher|preview|prefetch|monitor"
    r"|archive|validator|checker|detector"
    r"|facebookexternalhit|whatsapp|viber|^skype|mediapartners|pingdom|nagios|datanyze|synthetic"
    r"|search(?!\w*safari)|linkdex|linkfinder|feed|uptime|checklink|^ruby\b|\bnews(?:paper)?/|https?://|www\.|\w@\w"
    r"|barracuda|mimecast|proofpoint|urldefense|safelinks|trendmicro|sophos|zscaler|forcepoint"
    r"|fireeye|ironport|symantec|\bcompatible; (?!msie|konqueror|lotus)",
    re.IGNORECASE,
)
# A browser nobody looks at: of a scanner, or of whoever tries out their own site.
_HEADLESS = re.compile(r"headless|phantomjs|puppeteer|playwright|selenium", re.IGNORECASE)
# What fetches for whoever wrote it, a person at a terminal too: a hint, never a sign.
_LIBRARY = re.compile(
    r"^(?:curl|wget|python|aiohttp|httpx|axios|okhttp|java|node|go-http|libwww|http|apache-http"
    r"|jersey|jetty|perl|php|postman)|http_?client|scrapy",
    re.IGNORECASE,
)
_PROXY = re.compile(r"googleimageproxy|yahoomailproxy|ggpht", re.IGNORECASE)
# All that Apple's mail privacy and some gateways say of themselves.
BARE = "Mozilla/5.0"
_HANDHELD = re.compile(r"iphone|android.*mobile|mobile.*firefox|windows phone", re.IGNORECASE)
# In this order: Android calls itself Linux, too, and an iPhone says it is like macOS.
_SYSTEMS = (
    ("ios", re.compile(r"iphone|ipad|ipod", re.IGNORECASE)),
    ("android", re.compile(r"android", re.IGNORECASE)),
    ("windows", re.compile(r"windows", re.IGNORECASE)),
    ("macos", re.compile(r"mac os x|macintosh", re.IGNORECASE)),
    ("chromeos", re.compile(r"\bcros\b", re.IGNORECASE)),
    ("linux", re.compile(r"linux|x11", re.IGNORECASE)),
)
_TABLET = re.compile(r"ipad|tablet|android", re.IGNORECASE)


def signs_of(environ: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a verdict needs to know; the address itself is not kept."""
    told = (environ.get(f"HTTP_{name}", "") for name in ("SEC_PURPOSE", "PURPOSE", "X_MOZ"))
    signs: dict[str, Any] = {
        "method": environ["REQUEST_METHOD"],
        "agent": environ.get("HTTP_USER_AGENT", "")[:AGENT_LENGTH],
    }
    if any("prefetch" in word or "preview" in word for word in told if word):
        signs["prefetch"] = True
    # Quick views come before the middleware that looks behind our proxies.
    if _is_private(sender_of(environ)):
        signs["private"] = True
    return signs


@lru_cache(maxsize=4096)
def is_robot(agent: str) -> bool:
    """Say whether a program calls itself one; image proxies fetch for their readers."""
    return bool(_ROBOT.search(agent)) and not _PROXY.search(agent)


def is_headless(agent: str) -> bool:
    """Say whether a browser has no screen."""
    return bool(_HEADLESS.search(agent))


def is_library(agent: str) -> bool:
    """Say whether something fetched that shows nothing to anybody."""
    return bool(_LIBRARY.search(agent))


def is_proxy(agent: str) -> bool:
    """Say whether a mail service fetches pictures in its readers' stead."""
    return bool(_PROXY.search(agent))


def device_of(agent: str) -> str:
    """Return the size of the screen, as far as the browser tells."""
    if _HANDHELD.search(agent):
        return "mobile"
    return "tablet" if _TABLET.search(agent) else "desktop"


def device_told(agent: str) -> dict[str, str]:
    """Return what a browser tells of device and system; nothing of what shows nothing to people."""
    if not agent or agent == BARE or is_proxy(agent) or is_library(agent):
        return {}
    system = next((name for name, sign in _SYSTEMS if sign.search(agent)), "")
    told = {"device": device_of(agent), "system": system}
    return {key: value for key, value in told.items() if value}


@lru_cache(maxsize=4096)
def _is_private(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    # One's own machine is where tests and trials come from, not a scanner behind a firewall.
    return found.is_private and not found.is_loopback
