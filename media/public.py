"""Images as mail programs fetch them: from disk, without a session, a database or a script.

What stands under an address never changes, so whoever fetched it once may keep it for good.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from kernel.quick import NOT_ALLOWED, SAFE, Answer, Environ, behind, quick
from media.services import files

# Nothing in it can act, should it be opened by itself; mails everywhere may show it.
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Robots-Tag": "noindex",
}
GONE = Answer(404, {"Cache-Control": "no-store", "Content-Type": "text/plain"}, b"Not found")


@quick(files.PREFIX)
def picture(environ: Environ, name: str) -> Answer | None:
    """Answer a file by its name, which is all one needs to know."""
    if environ["REQUEST_METHOD"] not in SAFE:
        return NOT_ALLOWED
    found = files.found(name)
    if found is None:
        return GONE
    kind = files.TYPES[name.rpartition(".")[2]]
    return Answer(200, {**HEADERS, "Content-Type": kind}, file=found)


def _never(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(GONE.body, status=GONE.status, headers=GONE.headers)


urlpatterns = [path("m/<str:rest>", behind(picture, _never), name="media-file")]
