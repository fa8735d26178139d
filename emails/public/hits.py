"""Pixel and counted links: a hit is a line on the spool, no database is needed."""

from django.urls import path
from django.utils.encoding import iri_to_uri

from emails.public.pages import lost
from emails.services import links
from kernel.quick import NEVER_KEPT, NOT_ALLOWED, PICTURE, SAFE, Answer, Environ, behind, quick
from tracking import spool, visits
from tracking.signs import signs_of
from tracking.tokens import read, read_click


@quick(links.PIXEL)
def pixel(environ: Environ, token: str) -> Answer | None:
    """Answer the picture; whether the token is good cannot be told from the answer."""
    if environ["REQUEST_METHOD"] not in SAFE:
        return NOT_ALLOWED
    payload = read("open", token)
    if payload and isinstance(payload[0], int):
        spool.append("emails.opened", {"delivery": payload[0], **signs_of(environ)})
    return PICTURE


@quick(links.CLICK)
def click(environ: Environ, token: str) -> Answer | None:
    """Lead to where the mail led, and nowhere else."""
    if environ["REQUEST_METHOD"] not in SAFE:
        return NOT_ALLOWED
    found = read_click(token)
    if found is None:
        return None
    hit = {"delivery": found.delivery, "link": found.position, "url": found.destination[:2000]}
    spool.append("emails.clicked", {**hit, **signs_of(environ)})
    # A header holds ASCII alone; nor does an author's line break end it.
    place = iri_to_uri(visits.introduce(found.destination, "email", found.delivery))
    return Answer(302, {**NEVER_KEPT, "Location": place})


urlpatterns = [
    path("e/o/<str:rest>", behind(pixel, lost), name="email-pixel"),
    path("e/c/<str:rest>", behind(click, lost), name="email-click"),
]
