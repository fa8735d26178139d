"""The form of a text: what it says, and to whom it goes."""

import re
from typing import Any

from django import forms
from django.db import connection
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.choosing import worded
from backoffice.columns import shown
from channels.services import publishers
from contacts.catalogue import catalogue
from contacts.values import ValueProblem, places
from kernel.permissions import Reach, narrow
from segments.models import Segment
from sms.backoffice.writing import written
from sms.models import Text
from sms.services import editing
from sms.services.channel import SMS
from sms.services.versions import tokens

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
SEGMENTS = ("segments", "excluded_segments")


class SegmentsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Segments to tick, each with its number of people."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})

    def label_from_instance(self, segment: Any) -> SafeString:
        """Write the name and the number of members its reader may see."""
        words = '<span class="clip grow">{}</span> <span class="count">{}</span>'
        return format_html(words, segment.name, shown(segment.shown_members))


def _segments(label: Any) -> SegmentsField:
    return SegmentsField(queryset=Segment.objects.none(), label=label, required=False)


class TextForm(forms.ModelForm):  # type: ignore[type-arg]
    """Everything of a text; what its author may not see of it stays as it is."""

    channel = SMS

    segments = _segments(gettext_lazy("Segments"))
    excluded_segments = _segments(gettext_lazy("Excluded segments"))

    class Meta:
        model = Text
        fields = ("name", "body", "type", "kind", "state", "language", "translation_of", *SEGMENTS)
        formfield_callback = worded
        widgets = {"body": forms.Textarea({"rows": 5})}
        help_texts = {
            "kind": gettext_lazy("Transactional texts go past unsubscribes."),
            "state": gettext_lazy("Only a published text is sent."),
            "language": gettext_lazy("Such as en, fr or fr-CA."),
            "translation_of": gettext_lazy(
                "Goes out instead of that one to readers of its language."
            ),
        }

    def __init__(self, data: Any = None, *, user: Any, instance: Text | None = None) -> None:
        super().__init__(data, instance=instance)
        self.user = user
        if data is not None and connection.in_atomic_block:
            # The rights of whoever is storing something stay as they are.
            user.hold_rights()
        self.may_publish = user.can("sms", "publish", instance.owner_id if instance else user.pk)
        # Before the instance takes what was typed.
        self._state = instance.state if instance else Text.State.UNPUBLISHED
        self.closed = instance is not None and not publishers.may_change(SMS, instance, user)
        self._hidden = {name: self._unseen(name, instance) for name in SEGMENTS}
        for name in ("state", "type", "kind", "language"):
            self.fields[name].required = False
        for name in ("state", "type", "kind"):
            asked: Any = Text._meta.get_field(name)
            self.fields[name].choices = [(key, capfirst(label)) for key, label in asked.choices]  # type: ignore[attr-defined]
        self.fields["body"].strip = False  # type: ignore[attr-defined]
        # The scripts of the editor of emails write into it.
        self.fields["body"].widget.attrs["id"] = "id_text"
        seen = narrow(Segment.objects.counted_for(user), user, "segments", "view").order_by("name")
        for name in SEGMENTS:
            self.fields[name].queryset = seen  # type: ignore[attr-defined]
        self._offer_originals(instance)
        if not self.may_publish:
            self.fields["state"].disabled = True
        if data is None and instance is None:
            # Written first, published when it is good.
            self.initial["state"] = Text.State.UNPUBLISHED
            self.initial["language"] = user.language

    def _offer_originals(self, instance: Text | None) -> None:
        """Offer the texts it may translate; whose cannot be chosen keeps what it has."""
        originals = narrow(Text.objects.filter(translation_of=None), self.user, "sms", "view")
        parent = instance.translation_of_id if instance else None
        is_hidden = parent is not None and not originals.filter(pk=parent).exists()
        if instance is not None and (is_hidden or instance.translations.exists()):
            del self.fields["translation_of"]
            return
        field: Any = self.fields["translation_of"]
        field.queryset = originals.exclude(pk=instance.pk if instance else 0).order_by("name")
        field.empty_label = _("None: it stands for itself")

    def _unseen(self, name: str, instance: Text | None) -> list[Segment]:
        if instance is None or self.user.reach("segments", "view") is Reach.ALL:
            return []
        seen = narrow(Segment.objects.all(), self.user, "segments", "view")
        return list(getattr(instance, name).exclude(pk__in=seen.values("pk")))

    def clean_language(self) -> str:
        """Take a language tag."""
        language: str = self.cleaned_data["language"].strip() or "en"
        if not _LANGUAGE.fullmatch(language):
            raise forms.ValidationError(_("A language is written en or fr-CA."), "invalid")
        try:
            places.locale(language)
        except ValueProblem as problem:
            raise forms.ValidationError(problem.message, problem.code) from problem
        return language

    def clean(self) -> dict[str, Any]:
        """Keep what was not asked; then check what the template says."""
        values: dict[str, Any] = super().clean() or {}
        if self.closed:
            raise forms.ValidationError(SMS.words.closed, "forbidden")
        values["body"] = (values.get("body") or "").replace("\r\n", "\n")
        values["type"] = values.get("type") or Text.Type.TEMPLATE
        values["kind"] = values.get("kind") or Text.Kind.MARKETING
        if not self.may_publish:
            values["state"] = self._state
        values["state"] = values.get("state") or self._state
        for name in SEGMENTS:
            values[name] = [*values.get(name, []), *self._hidden[name]]
        if not self.errors:
            for problem in editing.faults(written(values)):
                self.add_error("body", forms.ValidationError(problem["message"], problem["code"]))
        return values

    @property
    def segments_fields(self) -> list[Any]:
        """Return whom a broadcast goes to, as fields."""
        return [self[name] for name in SEGMENTS]

    @property
    def sees_people(self) -> bool:
        """Say whether the text can be shown as somebody gets it."""
        return self.user.reach("contacts", "view") is not Reach.NONE

    @property
    def addresses(self) -> dict[str, str]:
        """Return where the page asks."""
        return {
            "preview": reverse("sms-preview"),
            "people": reverse("sms-people"),
            "test": reverse("sms-test"),
            "email": str(self.instance.pk or ""),
        }

    @property
    def tokens(self) -> list[dict[str, Any]]:
        """List the tokens an author may use, by group, with what they are called."""
        fields = catalogue().fields
        labels: dict[str, Any] = {f"contact.{alias}": spec.name for alias, spec in fields.items()}
        heads = {"contact": _("Contact"), "company": _("Company"), "": _("Message")}
        heads["owner"] = _("Owner of the contact")
        groups: dict[str, list[dict[str, str]]] = {name: [] for name in heads}
        for path in tokens().listed():
            namespace = path.partition(".")[0] if "." in path else ""
            named = labels.get(path) or TOKEN_LABELS.get(path) or path.rpartition(".")[2]
            groups.setdefault(namespace, []).append({"path": path, "label": str(named)})
        return [
            {"label": str(heads.get(name, name)), "tokens": sorted(found, key=_label)}
            for name, found in groups.items()
            if found
        ]

    @property
    def words(self) -> dict[str, str]:
        """Return the words of `frontend/src/texts` and what it takes of `frontend/src/code`."""
        return {
            "one": _("%(units)s of %(all)s characters: one SMS"),
            "several": _("%(units)s characters: %(parts)s SMS in one, %(room)s left in the last"),
            "none": _("Nothing written yet"),
            "varies": _("Values of other people may make it longer."),
            "unicode": _("%(signs)s: because of this 70 characters fit in one SMS, else 160."),
            "nobody": _("Nobody found"),
            "anybody": _("Nobody in particular"),
            "fallback": _("text where it is empty"),
            "failed": _("It could not be shown. Try again in a moment."),
            "sent": _("Test sent to %(addresses)s"),
        }


def _label(token: dict[str, str]) -> str:
    return token["label"]


TOKEN_LABELS: dict[str, Any] = {
    "contact.id": gettext_lazy("Number"),
    "company.name": gettext_lazy("Name"),
    "owner.first_name": gettext_lazy("First name"),
    "owner.last_name": gettext_lazy("Last name"),
    "owner.email": gettext_lazy("Email"),
    "owner.signature": gettext_lazy("Signature"),
    "today": gettext_lazy("Day of sending"),
}
