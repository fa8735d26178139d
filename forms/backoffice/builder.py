"""The builder of forms: the page around the island, and the preview of the draft."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import override
from django.views.decorators.clickjacking import xframe_options_sameorigin

from backoffice.screens import Screen
from contacts.catalogue import catalogue
from contacts.models import Topic
from contacts.words import Purpose
from forms.backoffice.builder_words import words
from forms.backoffice.resource import Forms, state_pill
from forms.kinds import GROUPS, KINDS, word
from forms.models import Form
from forms.services import definition, drawing

# Types of contact fields that the answer of a kind can be kept in; texts take any.
FITTING = {
    "email": ["email"],
    "phone": ["phone"],
    "number": ["number"],
    "url": ["url"],
    "date": ["date"],
    "datetime": ["datetime"],
    "country": ["country"],
    "boolean": ["boolean"],
    "multiselect": ["multiselect", "text", "long_text"],
    "select": ["select", "text", "lookup", "region", "locale", "timezone"],
    "text": ["text", "lookup", "long_text", "region", "url", "select"],
    "long_text": ["long_text", "text", "html"],
}
POLICY = (
    "default-src 'none'; style-src 'self' 'nonce-{nonce}'; script-src 'self'; img-src 'self' https:"
    " data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)


class Design(Screen):
    """One form in the builder."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say which form, what may be done with it, and what fields there are."""
        row: Form = self.item(pk)
        may = {verb: self.may(row, verb) for verb in ("edit", "publish")}
        context = self.context(
            row=row,
            title=row.name,
            shown_state=state_pill(row),
            may_edit=may["edit"],
            words=words(),
            page={**_page(row), "may": may},
        )
        return render(request, "forms/design.html", context)


def _page(row: Form) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "version": row.version,
        "sitting": str(uuid4()),
        "content": row.content,
        "language": row.language,
        "published": row.is_published,
        "changed": row.has_changed,
        "lacks": definition.lacking(row.content),
        "languages": [{"code": code, "name": str(name)} for code, name in settings.LANGUAGES],
        "groups": {key: str(label) for key, label in GROUPS.items()},
        "kinds": [
            {
                "key": kind.key,
                "label": str(kind.label),
                "icon": kind.icon,
                "group": kind.group,
                "asks": kind.asks,
                "options": kind.options,
                "limits": kind.limits,
                "placeholder": kind.placeholder,
                "fits": FITTING.get(kind.type, []) if kind.group != "agree" else [],
            }
            for kind in KINDS.values()
        ],
        "fields": [
            {
                "alias": spec.alias,
                "label": spec.name,
                "type": spec.type,
                "options": [
                    {"value": str(one["value"]), "label": str(one.get("label", ""))}
                    for one in spec.options
                ],
            }
            for spec in catalogue().fields.values()
            if spec.writable
        ],
        "topics": [
            {"value": str(topic.pk), "label": topic.label}
            for topic in Topic.objects.order_by("name")
        ],
        "purposes": [{"value": value, "label": str(label)} for value, label in Purpose.choices],
        "preview": reverse("forms-preview", args=[row.pk]),
        "address": f"{settings.SITE_URL}/f/{row.alias}",
    }


@method_decorator(xframe_options_sameorigin, name="dispatch")
class Preview(Screen):
    """The draft as visitors would get it; what is typed there goes nowhere."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Draw what is stored."""
        row: Form = self.item(pk)
        wanted = request.GET.get("lang", "")
        language = wanted if wanted in dict(settings.LANGUAGES) else row.language
        with override(language):
            context = {
                "form": row,
                "framed": False,
                "brand": "",
                "sheet": drawing.sheet(row.content),
                "languages": [],
                "heading": word(row.content, "title") or row.name,
                "drawn": drawing.drawn(row.content),
                "token": "",
                "action": request.path,
                "address": "",
            }
            response = render(request, "forms/page.html", context)
        nonce = str(getattr(request, "csp_nonce", ""))
        response["Content-Security-Policy"] = POLICY.format(nonce=nonce)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response


_given: dict[str, Any] = {"resource": Forms(), "kind": Forms.kind}
urlpatterns = [
    path("forms/<int:pk>/design", Design.as_view(**_given), name="forms-design"),
    path("forms/<int:pk>/preview", Preview.as_view(**_given), name="forms-preview"),
]
