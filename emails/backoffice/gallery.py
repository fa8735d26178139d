"""Choosing what a new email begins with: designs by use and sector, seen before they are taken."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import View

from backoffice.access import Permitted
from emails.backoffice import languages
from emails.backoffice.frames import policy
from emails.services import gallery
from emails.services.gallery import Design
from kernel.lowering import lowered

MOST_SEARCHED = 100
DARK = "(prefers-color-scheme: dark)"


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; empty: everything."""

    language: str
    use: str = ""
    sector: str = ""
    text: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """Read it from the address; what nobody knows is left out."""
        use, sector = request.GET.get("use", ""), request.GET.get("sector", "")
        return cls(
            language=language_of(request),
            use=use if use in gallery.USES else "",
            sector=sector if sector in gallery.SECTORS else "",
            text=request.GET.get("q", "").strip()[:MOST_SEARCHED],
        )

    def found(self) -> list[Design]:
        """Return the designs that fit."""
        return [design for design in gallery.designs().values() if self._fits(design)]

    def _fits(self, design: Design) -> bool:
        # What is for no sector in particular is for each.
        for_sector = not (self.sector and design.sectors) or self.sector in design.sectors
        return for_sector and (not self.use or self.use in design.uses) and self._says(design)

    def _says(self, design: Design) -> bool:
        said = [*design.name, *about(design), *design.subject]
        wanted = lowered(self.text).split()
        return all(word in lowered(" ".join(map(str, said))) for word in wanted)


def language_of(request: HttpRequest) -> str:
    """Return the language that is asked for, else that of whoever asks, as far as designs know."""
    user: Any = request.user
    wanted = (request.GET.get("language") or str(user.language))[:2]
    return wanted if wanted in gallery.LANGUAGES else gallery.LANGUAGES[0]


def about(design: Design) -> list[Any]:
    """Return its uses and sectors in words."""
    return [
        *(gallery.USES[use] for use in design.uses),
        *(gallery.SECTORS[sector] for sector in design.sectors),
    ]


def design_of(key: str) -> Design:
    """Return a design there is."""
    found = gallery.designs().get(key)
    if found is None:
        raise Http404
    return found


def choose(request: HttpRequest, refusal: str = "") -> HttpResponse:
    """Show what a new email may begin with, and why the file of somebody did not."""
    asked = Asked.of(request)
    shown = [
        {
            "key": design.key,
            "name": design.named(asked.language),
            "about": about(design),
            "thumbnail": design.thumbnail(asked.language),
        }
        for design in asked.found()
    ]
    context = {
        "asked": asked,
        "designs": shown,
        "uses": gallery.USES,
        "sectors": gallery.SECTORS,
        "languages": _languages(),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return render(request, "emails/gallery.html", context, status=status)


def _languages() -> list[tuple[str, str]]:
    return [(code, languages.name_of(code)) for code in gallery.LANGUAGES]


class Chosen(Permitted, View):
    """A design on a desktop and on a phone, before it is taken."""

    kind, verb = "emails", "create"

    def get(self, request: HttpRequest, design: str) -> HttpResponse:
        """Show it with the sample of its data."""
        found, language = design_of(design), language_of(request)
        email = found.email(language)
        context = {
            "design": found,
            "name": found.named(language),
            "about": about(found),
            "subject": gallery.shown(email, found.sampled(language)).subject,
            "preheader": email.preheader,
            "transactional": email.is_transactional,
            # `language` is that of the page around.
            "written_in": language,
            "languages": _languages(),
            "body": reverse("emails-design-body", args=[design]),
            "dark": "dark" in request.GET,
            "off": "off" in request.GET,
        }
        return render(request, "emails/chosen.html", context)


@method_decorator(xframe_options_sameorigin, name="dispatch")
class Body(Permitted, View):
    """A design as a reader would see it, for a frame without rights."""

    kind, verb = "emails", "create"

    def get(self, request: HttpRequest, design: str) -> HttpResponse:
        """Answer the HTML, dark or without its pictures where that is asked for."""
        html = design_of(design).shown(language_of(request)).html
        # Whatever the screen of who looks at it prefers.
        response = HttpResponse(html.replace(DARK, "all" if "dark" in request.GET else "not all"))
        allowed = policy(request)
        if "off" in request.GET:
            allowed = allowed.replace("img-src 'self' data:", "img-src 'none'")
        response["Content-Security-Policy"] = allowed
        return response


urlpatterns = [
    path("emails/designs/<slug:design>", Chosen.as_view(), name="emails-design"),
    path("emails/designs/<slug:design>/body", Body.as_view(), name="emails-design-body"),
]
