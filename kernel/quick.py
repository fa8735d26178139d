"""Views that answer before Django does: no session, no middleware, no database.

A quick view is `view(environ, rest)`: it reads the WSGI environment and what follows its prefix in
the path. None leaves the request to Django, where `behind` mounts the same view with a page.
"""

from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from http.client import responses
from pathlib import Path
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseBase

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Answer(NamedTuple):
    """A whole response."""

    status: int
    headers: dict[str, str]
    body: bytes = b""
    # Sent bit by bit in place of a body, however large it is.
    file: Path | None = None


BLOCK = 64 * 1024
SAFE = frozenset({"GET", "HEAD"})
NEVER_KEPT = {
    "Cache-Control": "no-store, no-cache, must-revalidate, private, max-age=0",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
# One transparent pixel.
PICTURE = Answer(
    200,
    {**NEVER_KEPT, "Content-Type": "image/gif"},
    b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"),
)
NOT_ALLOWED = Answer(405, {"Allow": "GET, HEAD"})

QuickView = Callable[[Environ, str], Answer | None]
_views: dict[str, QuickView] = {}


def quick(prefix: str) -> Callable[[QuickView], QuickView]:
    """Have paths of this prefix, and no further slash, answered at once; a decorator."""

    def keep(view: QuickView) -> QuickView:
        _views[prefix] = view
        return view

    return keep


class QuickFirst:
    """Asks the quick views before the application."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or pass the request on."""
        path: str = environ["PATH_INFO"]
        cut = path.rfind("/") + 1
        view = _views.get(path[:cut])
        answer = view(environ, path[cut:]) if view else None
        if answer is None:
            return self.application(environ, start_response)
        size = len(answer.body) if answer.file is None else answer.file.stat().st_size
        length = {"Content-Length": str(size), "X-Content-Type-Options": "nosniff"}
        status = f"{answer.status} {responses[answer.status]}"
        start_response(status, [*answer.headers.items(), *length.items()])
        if environ["REQUEST_METHOD"] == "HEAD":
            return []
        return _blocks(answer.file) if answer.file else [answer.body]


def _blocks(path: Path) -> Iterator[bytes]:
    """Read a file bit by bit; it is closed at its end, or when nobody reads on."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def behind(
    view: QuickView, page: Callable[[HttpRequest], HttpResponseBase]
) -> Callable[..., HttpResponseBase]:
    """Mount a quick view among Django's, with the page shown when it has no answer."""

    def mounted(request: HttpRequest, rest: str) -> HttpResponseBase:
        answer = view(request.META, rest)
        if answer is None:
            return page(request)
        body = answer.file.read_bytes() if answer.file else answer.body
        return HttpResponse(body, status=answer.status, headers=answer.headers)

    # A beacon carries no token against forgery: it has no cookie either.
    mounted.csrf_exempt = True  # type: ignore[attr-defined]
    return mounted
