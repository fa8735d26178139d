"""The editor: code beside what becomes of it; saving stays on the page."""

from collections.abc import Mapping
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.differing import reading
from backoffice.items import NOTHING, Form
from channels.screens.runs_shown import state_pill
from contacts.catalogue import catalogue
from emails.backoffice import design_words, gallery, picture_words, starters
from emails.models import Email
from emails.services.versions import tokens
from kernel import clock, moments
from kernel.permissions import Reach
from media.services.words import words as media_words


class Editor(Form):
    """The form of an email as an editor; its script saves by the same address."""

    # What a new one begins with.
    design = starters.BLANK

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Show it; for a new one, what it may begin with."""
        return gallery.choose(request) if pk is None else super().get(request, pk)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Store it; who asked for JSON stays where they are."""
        answer = super().post(request, pk)
        if answer.status_code != 302 or not self._in_place:
            return answer
        # The page itself says that it is saved.
        list(get_messages(request))
        number = int(answer["Location"].rsplit("/", 1)[-1])
        email = Email.objects.get(pk=number)
        # Of an answer sent again: others may have saved it since.
        version = int(self.sitting.version) if self.sitting else email.version
        # What others wrote since is not known to this page.
        seen = email.version == version
        read = reading(self.resource.form_for(request, email)) if seen else ""
        saved = moments.hour(clock.now())
        return JsonResponse(
            {
                "url": self.resource.url("edit", email.pk),
                "page": self.resource.url("item", email.pk),
                "version": version,
                "read": read,
                "name": email.name,
                "state": state_pill(email),
                "saved": _("Saved at %(time)s") % {"time": saved},
            }
        )

    @property
    def stays(self) -> bool:  # type: ignore[override]
        """The script saves again and again, by the address of a new one until it knows another."""
        return self._in_place

    @property
    def _in_place(self) -> bool:
        return self.request.headers.get("Accept") == "application/json"

    def _show(
        self,
        row: Any,
        form: Any,
        status: int = 200,
        current: str = "",
        met: Mapping[str, Any] = NOTHING,
    ) -> HttpResponse:
        if status != 200 and self._in_place:
            marked = render_to_string("backoffice/overtaken.html", dict(met))
            kept = {"version": int(current or 0), "differ": marked, "read": met.get("read")}
            theirs = kept if current else {}
            return JsonResponse({"errors": errors_of(form), **theirs}, status=status)
        if row is None and not form.is_bound:
            form.initial |= starters.begun(self.design, gallery.language_of(self.request))
        context = self.context(
            row=row,
            form=form,
            title=self.resource.name(row) if row else self.resource.new_label,
            shown_state=state_pill(row) if row else "",
            version=current or getattr(row, "version", ""),
            stale=bool(current),
            **self.read(row, form, met),
            sitting=self.sits(),
            errors=errors_of(form) if form.is_bound else [],
            mode=form["mode"].value() or "mjml",
            back=self.resource.url("item", row.pk) if row else self.resource.url(),
            segments_fields=[form["segments"], form["excluded_segments"]],
            tokens=picker(),
            words=words(),
            design=design_words.words() | picture_words.words(),
            media_words=media_words(),
            sees_people=self.user.reach("contacts", "view") is not Reach.NONE,
            may_publish=form.may_publish,
            closed=form.closed,
            addresses={
                "preview": reverse("emails-preview"),
                "canvas": reverse("emails-canvas"),
                "design": reverse("emails-drawn"),
                "people": reverse("emails-people"),
                "test": reverse("emails-test"),
                "email": str(row.pk) if row else "",
                # Of the library: whether the user may look into it, and add to it.
                **{
                    f"images_{verb}": "yes" if self.user.reach("media", verb) else ""
                    for verb in ("view", "create")
                },
            },
        )
        return render(self.request, self.resource.form_template, context, status=status)


class Begin(Editor):
    """A new email that begins with a design; its address keeps apart what was typed into each."""

    def get(self, request: HttpRequest, design: str) -> HttpResponse:  # type: ignore[override]
        """Show the editor with it."""
        self.design = design
        return Form.get(self, request)

    def post(self, request: HttpRequest, design: str) -> HttpResponse:  # type: ignore[override]
        """Store it like any other."""
        self.design = design
        return super().post(request)


def errors_of(form: Any) -> list[dict[str, Any]]:
    """Return what is wrong as the API says it, templates with line and column."""
    placed = {(each["field"], each["message"]): each for each in getattr(form, "problems", [])}
    found = []
    for name, problems in form.errors.get_json_data().items():
        field = "" if name == "__all__" else name
        for problem in problems:
            place = placed.get((field, problem["message"]), {})
            found.append(
                {
                    "field": field,
                    "label": str(form.fields[field].label) if field in form.fields else "",
                    "message": problem["message"],
                    "line": place.get("line"),
                    "column": place.get("column"),
                }
            )
    return found


def picker() -> list[dict[str, Any]]:
    """List the tokens an author may use, by group, with what they are called."""
    known = tokens()
    fields = catalogue().fields
    labels = {f"contact.{alias}": spec.name for alias, spec in fields.items()}
    heads = {
        "": _("Message"),
        "contact": _("Contact"),
        "company": _("Company"),
        "owner": _("Owner of the contact"),
        "email": _("Email"),
    }
    groups: dict[str, list[dict[str, str]]] = {name: [] for name in ("contact", "company", "")}
    for path in known.listed():
        namespace = path.partition(".")[0] if "." in path else ""
        named = labels.get(path) or TOKEN_LABELS.get(path) or path.rpartition(".")[2]
        groups.setdefault(namespace, []).append({"path": path, "label": str(named)})
    return [
        {"label": str(heads.get(name, name)), "tokens": sorted(found, key=lambda t: t["label"])}
        for name, found in groups.items()
        if found
    ]


TOKEN_LABELS: dict[str, Any] = {
    "contact.id": gettext_lazy("Number"),
    "company.name": gettext_lazy("Name"),
    "owner.first_name": gettext_lazy("First name"),
    "owner.last_name": gettext_lazy("Last name"),
    "owner.email": gettext_lazy("Email"),
    "owner.signature": gettext_lazy("Signature"),
    "email.id": gettext_lazy("Number"),
    "email.name": gettext_lazy("Name"),
    "email.subject": gettext_lazy("Subject"),
    "email.preheader": gettext_lazy("Preheader"),
    "email.language": gettext_lazy("Language"),
    "email.from_name": gettext_lazy("Sender's name"),
    "email.from_address": gettext_lazy("Sender's address"),
    "unsubscribe_url": gettext_lazy("Address of the unsubscribe page"),
    "preferences_url": gettext_lazy("Address of the preference page"),
    "webview_url": gettext_lazy("Address of this mail in the browser"),
    "confirm_url": gettext_lazy("Address that confirms a sign-up"),
    "postal_address": gettext_lazy("Postal address of the sender"),
    "footer_reason": gettext_lazy("Why the reader gets this"),
    "today": gettext_lazy("Day of sending"),
}


def words() -> dict[str, str]:
    """Return the words of frontend/src/code."""
    return {
        "saving": _("Saving…"),
        "unsaved": _("Unsaved changes"),
        "failed": _("It could not be saved. Try again in a moment."),
        "away": _("Not saved: no answer from the server"),
        "signed_out": _("Not saved: you are signed out"),
        "faults": _("%(count)s to mend"),
        "hints": _("%(count)s to look at"),
        "fine": _("Nothing to mend"),
        "stale": _("Somebody saved this while you were editing."),
        "line": _("Line %(line)s"),
        "nobody": _("Nobody found"),
        "anybody": _("Nobody in particular"),
        "fallback": _("text where it is empty"),
        "size": _("%(size)s KB"),
        "no_text": _("The plain text is empty."),
        "images_off": _("Images of other sites stay off until you ask for them."),
        "sent": _("Test sent to %(addresses)s"),
    }
