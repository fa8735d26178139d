"""What strangers reach: forms on pages of their own, in frames, and on other sites.

Nothing here knows who looks: no cookie is read, nothing that is known of anybody is shown, so that
no token against forgery is needed. GET changes nothing.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, get_language_from_request, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.generic import View

from contacts.catalogue import whole
from forms.kinds import word
from forms.models import LANGUAGES, Form, FormVersion
from forms.services import drawing, guarding, showing
from forms.services.accepting import UTM, Sending, accept
from forms.services.judging import Judged, judge
from forms.services.publishing import is_open
from kernel import clock
from kernel.quick import NEVER_KEPT
from tracking import terms

SCRIPT = Path(__file__).with_name("form.js")
HONEYPOT = "_more"
# A raw form has no token: the same answers again within so many minutes are the same submission.
SAME_MINUTES = 10
FRAMED = "default-src 'none'; {rest} frame-ancestors *; base-uri 'none'; form-action 'self'"
ALONE = "default-src 'none'; {rest} frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
NEEDED = (
    "script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' https: data:;"
    " connect-src 'self'; font-src 'self';"
)


@dataclass
class Refusal:
    """Why nothing was stored, in words for whoever sent it; their answers are shown again."""

    message: str
    status: int = 422


@method_decorator(csrf_exempt, name="dispatch")
class Hosted(View):
    """A form on a page of its own."""

    framed = False

    def get(self, request: HttpRequest, alias: str) -> HttpResponse:
        """Show it."""
        form = _form(alias)
        if form is None or form.shown is None:
            return _lost(request)
        with override(_language(request, form)):
            if not is_open(form, clock.now()):
                return self._page(request, form, "forms/closed.html", status=404)
            if "sent" in request.GET:
                said: dict[str, Any] = {**_said(form, get_language())}
                return self._page(request, form, "forms/sent.html", **said)
            asked = {name: request.GET.get(name, "") for name in request.GET}
            drawn = drawing.drawn(form.shown.content, asked=asked)
            return self._form(request, form, form.shown, drawn, _address(request))

    def post(self, request: HttpRequest, alias: str) -> HttpResponse:
        """Take it in, or say beside each field what is wrong."""
        form = _form(alias)
        as_json = "json" in request.headers.get("Accept", "")
        if form is None or form.shown is None:
            return (
                _json(request, {"message": _("This form is closed.")}, 404)
                if as_json
                else _lost(request)
            )
        with override(_language(request, form)):
            return (self._answer if as_json else self._follow)(request, form)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let the pages of our sites ask."""
        return _json(request, {}, 204)

    def _answer(self, request: HttpRequest, form: Form) -> HttpResponse:
        version, judged, refusal = _take(request, form)
        if refusal is None and not judged.problems:
            return _json(request, _said(form, get_language()))
        names = {one["id"]: one.get("name", "") for one in version.fields}
        problems = {names[key]: told for key, told in judged.problems.items()}
        told: dict[str, Any] = {"problems": problems}
        told["message"] = refusal.message if refusal else _wrong()
        if not _kept_token(request, form):
            told["token"] = showing.show(version, clock.now())
        return _json(request, told, refusal.status if refusal else 422)

    def _follow(self, request: HttpRequest, form: Form) -> HttpResponse:
        version, judged, refusal = _take(request, form)
        if refusal is None and not judged.problems:
            said = _said(form, get_language())
            here = f"{request.path}?sent=1&lang={get_language()}"
            return _see(said["url"] or here)
        drawn = drawing.drawn(version.content, request.POST, judged.problems)
        drawn["message"] = refusal.message if refusal else _wrong()
        address = request.POST.get("_page", "") or _address(request)
        return self._form(
            request, form, version, drawn, address, refusal.status if refusal else 422
        )

    def _form(
        self,
        request: HttpRequest,
        form: Form,
        version: FormVersion,
        drawn: dict[str, Any],
        address: str,
        status: int = 200,
    ) -> HttpResponse:
        token = _kept_token(request, form) or showing.show(version, clock.now())
        more = {"drawn": drawn, "token": token, "address": address, "action": request.path}
        return self._page(request, form, "forms/page.html", status=status, **more)

    def _page(
        self, request: HttpRequest, form: Form, template: str, status: int = 200, **more: Any
    ) -> HttpResponse:
        content = form.shown.content if form.shown else form.content
        spoken = drawing.languages(form, content)
        context = {
            "form": form,
            "framed": self.framed,
            "brand": _brand(),
            "sheet": drawing.sheet(content),
            "plain": content["look"].get("frame") == "plain",
            "languages": [(code, name) for code, name in LANGUAGES if code in spoken],
            "heading": word(content, "title") or form.name,
            **more,
        }
        response = render(request, template, context, status=status)
        policy = FRAMED if self.framed else ALONE
        nonce = str(getattr(request, "csp_nonce", ""))
        response["Content-Security-Policy"] = policy.format(rest=NEEDED.format(nonce=nonce))
        if self.framed:
            response.xframe_options_exempt = True
        response["Cache-Control"] = NEVER_KEPT["Cache-Control"]
        if status != 200 or request.method == "POST" or "sent" in request.GET:
            response["X-Robots-Tag"] = NEVER_KEPT["X-Robots-Tag"]
        return response


class Framed(Hosted):
    """A form in a frame of another site."""

    framed = True


@require_safe
def part(request: HttpRequest, alias: str) -> HttpResponse:
    """Hand a form to the script on another site: one of ours, which may read the answer."""
    form = _form(alias)
    if form is None or form.shown is None or not is_open(form, clock.now()):
        return _json(request, {"message": _("This form is closed.")}, 404)
    with override(_language(request, form)):
        asked = {name: request.GET.get(name, "") for name in request.GET}
        context = {
            "drawn": drawing.drawn(form.shown.content, asked=asked),
            "token": showing.show(form.shown, clock.now()),
            "action": f"{settings.SITE_URL}/f/{form.alias}",
            "address": "",
        }
        told = {
            "html": render_to_string("forms/form.html", context),
            "css": drawing.sheet(form.shown.content) + _css(),
        }
    return _json(request, told)


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """Hand out the script that makes forms pleasant, and puts them into other sites."""
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": "public, max-age=600",
    }
    return HttpResponse(_source(), "text/javascript; charset=utf-8", headers=headers)


@lru_cache(maxsize=1)
def _source() -> bytes:
    return SCRIPT.read_bytes()


@lru_cache(maxsize=1)
def _css() -> str:
    return Path(str(finders.find("css/form.css"))).read_text(encoding="utf-8")


def _form(alias: str) -> Form | None:
    return Form.objects.select_related("shown").filter(alias=alias).first()


def _take(request: HttpRequest, form: Form) -> tuple[FormVersion, Judged, Refusal | None]:
    """Judge what was sent by the version it was sent from, and store it where it is sound."""
    now = clock.now()
    assert form.shown is not None  # noqa: S101 - asked before
    token = request.POST.get("_token", "")
    seen = showing.shown(form, token, now)
    version = _version(form, seen)
    version.form = form
    judged = judge(version.fields, request.POST, whole())
    address = str(request.META.get("REMOTE_ADDR", ""))
    network = guarding.network_of(address)
    if guarding.is_crowded(network, now):
        told = _("Too many answers came from your network. Please try again in a minute.")
        return version, judged, Refusal(told, 429)
    if refusal := _suspect(request, version, seen, now):
        return version, judged, refusal
    if judged.problems or request.POST.get(HONEYPOT):
        # Whoever fills in what nobody sees is told what everybody is told.
        return version, judged, None
    origin = guarding.origin_of(network, now)
    if guarding.names_many(origin, now):
        told = _("Your network has signed up many addresses. Please try again in an hour.")
        return version, judged, Refusal(told, 429)
    name = seen.name if seen else _digest(request, form, now)
    accept(version, judged, _sending(request, name, address, origin), now)
    return version, judged, None


def _version(form: Form, seen: showing.Showing | None) -> FormVersion:
    assert form.shown is not None  # noqa: S101 - asked before
    if seen is None or seen.version == form.shown.pk:
        return form.shown
    return form.versions.filter(pk=seen.version).first() or form.shown


def _suspect(
    request: HttpRequest, version: FormVersion, seen: showing.Showing | None, now: Any
) -> Refusal | None:
    """Refuse what no person sends like this; the answers stay, and a press is enough."""
    if not is_open(version.form, now):
        return Refusal(_("This form is closed."), 404)
    works = version.content["guard"].get("work", False)
    if seen is None:
        # HTML somebody copied into a page of theirs has no token; what came with one is too old.
        if works or request.POST.get("_token"):
            return Refusal(_("Please check your answers and send them once more."))
        return None
    if now - seen.at < showing.SOONEST:
        return Refusal(_("That was very quick. Please send it once more."))
    token = request.POST.get("_token", "")
    if works and not showing.has_worked(token, request.POST.get("_work", "")):
        return Refusal(_("Your browser was still at work. Please send it once more."))
    return None


def _digest(request: HttpRequest, form: Form, now: Any) -> str:
    told = [f"{name}={request.POST.getlist(name)}" for name in sorted(request.POST)]
    slot = int(now.timestamp() // (SAME_MINUTES * 60))
    parts = [str(form.pk), str(slot), str(request.META.get("REMOTE_ADDR")), *told]
    return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:40]


def _sending(request: HttpRequest, token: str, address: str, origin: str) -> Sending:
    page = request.POST.get("_page", "") or request.headers.get("Referer", "")
    page = page if terms.origin_of(page) else ""
    asked = parse_qs(urlsplit(page).query) if page else {}
    try:
        visitor = UUID(request.POST.get("_visitor", ""))
    except ValueError:
        visitor = None
    return Sending(
        token=token,
        language=(get_language() or "")[:2],
        page=page,
        ip=address,
        origin=origin,
        visitor=visitor,
        utm={name: asked[name][0] for name in UTM if asked.get(name)},
    )


def _kept_token(request: HttpRequest, form: Form) -> str:
    """Return the token that was sent, while it is good: the same showing stays one submission."""
    token = request.POST.get("_token", "")
    return token if showing.shown(form, token, clock.now()) else ""


def _said(form: Form, language: str | None) -> dict[str, str]:
    """Return what follows: words, or an address."""
    assert form.shown is not None  # noqa: S101 - asked before
    after = form.shown.content["after"]
    return {
        "do": after["do"],
        "url": after.get("url", "") if after["do"] == "redirect" else "",
        "thanks": drawing.thanks(form.shown.content, language or form.language),
    }


def _wrong() -> str:
    return _("Please look at the fields below once more.")


def _see(url: str) -> HttpResponse:
    response = HttpResponse(status=303)
    response["Location"] = url
    return response


def _address(request: HttpRequest) -> str:
    return f"{settings.SITE_URL}{request.get_full_path()}"


def _json(request: HttpRequest, told: dict[str, Any], status: int = 200) -> HttpResponse:
    response = JsonResponse(told, status=status)
    site = request.headers.get("Origin", "")
    if site and terms.known().allows(site):
        response["Access-Control-Allow-Origin"] = site
    response["Vary"] = "Origin, Accept, Accept-Language"
    for name, value in NEVER_KEPT.items():
        response[name] = value
    return response


def _brand() -> str:
    host = urlsplit(settings.SITE_URL).hostname or ""
    return host.removeprefix("www.")


def _language(request: HttpRequest, form: Form) -> str:
    """Prefer what the visitor chose, then the browser's, of those the form is written in."""
    spoken = drawing.languages(form, form.shown.content if form.shown else form.content)
    wanted = [request.GET.get("lang", ""), request.POST.get("_lang", "")]
    wanted.append(get_language_from_request(request)[:2])
    return next((code for code in wanted if code in spoken), form.language)


def _lost(request: HttpRequest) -> HttpResponse:
    with override(get_language_from_request(request)[:2]):
        response = render(request, "forms/lost.html", {"sheet": ""}, status=404)
    response["X-Robots-Tag"] = NEVER_KEPT["X-Robots-Tag"]
    return response


urlpatterns = [
    path("f/form.js", script, name="form-script"),
    path("f/<slug:alias>", Hosted.as_view(), name="form"),
    path("f/<slug:alias>/frame", Framed.as_view(), name="form-frame"),
    path("f/<slug:alias>/part", part, name="form-part"),
]
