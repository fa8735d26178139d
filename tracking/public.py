"""What tracked sites reach: the script and its hits.

Hits answer without the database and tell nothing about anybody: 204 whatever becomes of them.
"""

import logging
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path

from kernel.quick import NEVER_KEPT, NOT_ALLOWED, SAFE, Answer, Environ, behind, quick
from tracking import spool, terms
from tracking.crowds import Crowds
from tracking.seldom import Seldom
from tracking.signs import signs_of

SCRIPT = Path(__file__).with_name("script.js")
MOST_BYTES = 16_000
EVERYBODY = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}

_crowds = Crowds()
_crowded = Seldom(logging.getLogger(__name__), "%s hits were left out: too many of one address.")


@quick("/t/")
def tracked(environ: Environ, name: str) -> Answer | None:
    """Answer what a page of a tracked site asks for."""
    view = {"relais.js": script, "hit": hit}.get(name)
    return view(environ) if view else None


def script(environ: Environ) -> Answer:
    """Hand out the script, with the terms of the workspace in front."""
    if environ["REQUEST_METHOD"] not in SAFE:
        return NOT_ALLOWED
    known = terms.known()
    setup = {"consent": known.consent_first, "signals": known.respect_signals}
    headers = {
        **EVERYBODY,
        "Content-Type": "text/javascript; charset=utf-8",
        "Cache-Control": "public, max-age=600",
    }
    return Answer(200, headers, _source() % orjson.dumps(setup))


def hit(environ: Environ) -> Answer:
    """Take what the script tells."""
    method, site = environ["REQUEST_METHOD"], environ.get("HTTP_ORIGIN", "")
    allowed = _shared(site)
    if method == "OPTIONS":
        return Answer(204, {**allowed, "Access-Control-Allow-Headers": "content-type"})
    if method != "POST":
        return Answer(405, {"Allow": "POST, OPTIONS"})
    body = _body(environ)
    if body is None:
        return Answer(413, allowed)
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Answer(400, allowed)
    if not isinstance(said, dict):
        return Answer(400, allowed)
    if _crowds.has_room(environ):
        _append(environ, said, site)
    else:
        _crowded.count()
    return Answer(204, {**NEVER_KEPT, **allowed})


def _append(environ: Environ, said: dict[str, Any], site: str) -> None:
    signal = environ.get("HTTP_SEC_GPC") == "1" or environ.get("HTTP_DNT") == "1"
    line: dict[str, Any] = {"said": said, "site": site, "signs": signs_of(environ)}
    try:
        spool.append("tracking.hit", line | {"signal": True} if signal else line)
    except orjson.JSONEncodeError:
        # Deeper than anybody means it.
        return


def _body(environ: Environ) -> bytes | None:
    """Read what its length says; None for more than a hit can be."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return None
    if not 0 <= length <= MOST_BYTES:
        return None
    body: bytes = environ["wsgi.input"].read(length)
    return body


def _shared(site: str) -> dict[str, str]:
    """Let the pages of this site read the answer, if it is one of ours; never with cookies."""
    if site and terms.known().allows(site):
        return {"Access-Control-Allow-Origin": site, "Vary": "Origin"}
    return {"Vary": "Origin"}


@lru_cache(maxsize=1)
def _source() -> bytes:
    return SCRIPT.read_bytes().replace(b"%", b"%%").replace(b"__SETUP__", b"%s")


def _nothing(_request: HttpRequest) -> HttpResponseBase:
    return HttpResponse(status=404)


urlpatterns = [path("t/<str:rest>", behind(tracked, _nothing), name="tracking")]
