"""The form behind the editor: settings, and a body in MJML or HTML."""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from django import forms
from django.db import connection
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.choosing import worded
from backoffice.columns import shown
from channels.services import publishers
from contacts.values import ValueProblem, places
from emails.backoffice import audiences, languages
from emails.models import Email
from emails.services import editing
from emails.services.channel import EMAILS
from emails.services.senders import Senders
from kernel.permissions import Reach, narrow
from kernel.registry import ConfigProblem
from segments.models import Segment

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
_LINE_END = re.compile(r"\r\n?")
# A line and its end; the last line has none.
_PARTS = re.compile(r"([^\r\n]*)(\r\n|\r|\n)|([^\r\n]+)\Z")
MODES = (("mjml", "MJML"), ("html", "HTML"))
MOST_COMPARED = 1_000
BODIES = ("mjml", "html", "text")
SEGMENTS = ("segments", "excluded_segments")


def plain_lines(text: str) -> str:
    """Take the line ends away that browsers put into forms: authors never typed them."""
    return text.replace("\r\n", "\n")


def _lines(text: str) -> list[tuple[str, str]]:
    """Return each line and its end."""
    return [(words or last, end) for words, end, last in _PARTS.findall(text)]


def stored_ends(text: str, stored: str) -> str:
    """Give each line that was stored its end back; a new one ends as most of them do."""
    if "\r" not in stored:
        return text
    old = _lines(stored)
    new = _lines(_LINE_END.sub("\n", text))
    usual = Counter(end for _words, end in old if end).most_common(1)[0][0]
    made = [f"{words}{usual if end else ''}" for words, end in new]
    for before, after in _kept([words for words, _end in old], [words for words, _end in new]):
        (words, end), (_words, ends) = old[before], new[after]
        made[after] = words + ((end or usual) if ends else "")
    return "".join(made)


def _kept(before: list[str], after: list[str]) -> Iterator[tuple[int, int]]:
    """Pair the lines that stayed; of a change over very many lines, those around it."""
    least = min(len(before), len(after))
    head = next((at for at in range(least) if before[at] != after[at]), least)
    ends = range(1, least - head + 1)
    tail = next((at - 1 for at in ends if before[-at] != after[-at]), least - head)
    yield from ((at, at) for at in range(head))
    yield from ((len(before) - at, len(after) - at) for at in range(1, tail + 1))
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    # What differs takes the square of its lines to compare, or worse.
    if max(len(old), len(new)) <= MOST_COMPARED:
        for same in SequenceMatcher(None, old, new).get_matching_blocks():
            yield from ((head + same.a + n, head + same.b + n) for n in range(same.size))


class SegmentsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Segments to tick, each with its number of people."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})

    def label_from_instance(self, segment: Any) -> SafeString:
        """Write the name and the number of members its reader may see."""
        words = '<span class="clip grow">{}</span> <span class="count">{}</span>'
        return format_html(words, segment.name, shown(segment.shown_members))


def _segments(label: Any) -> SegmentsField:
    return SegmentsField(queryset=Segment.objects.none(), label=label, required=False)


class EmailForm(forms.ModelForm):  # type: ignore[type-arg]
    """Everything of an email; what its author may not see of it stays as it is."""

    channel = EMAILS

    mode = forms.ChoiceField(label=gettext_lazy("Written in"), choices=MODES, required=False)
    audiences = forms.CharField(
        label=gettext_lazy("Audiences"),
        required=False,
        widget=forms.HiddenInput,
        max_length=audiences.LARGEST,
    )
    segments = _segments(gettext_lazy("Segments"))
    excluded_segments = _segments(gettext_lazy("Excluded segments"))

    class Meta:
        model = Email
        fields = (
            *("name", "type", "kind", "state", "subject", "preheader", "mjml", "html", "text"),
            *("from_name", "from_address", "reply_to", "language", "topic"),
            *("audiences", *SEGMENTS),
        )
        formfield_callback = worded
        widgets = {
            "subject": forms.TextInput(),
            "preheader": forms.TextInput(),
        }
        help_texts = {
            "kind": gettext_lazy("Transactional mail goes past unsubscribes; it has no topic."),
            "from_address": gettext_lazy("Empty: the sender of the workspace."),
            "text": gettext_lazy("Empty: made from the body."),
            "topic": gettext_lazy("Who left this topic does not get it."),
            "state": gettext_lazy("Only a published email is sent."),
        }

    def __init__(self, data: Any = None, *, user: Any, instance: Email | None = None) -> None:
        super().__init__(data, instance=instance)
        self.user = user
        _hold(user, data)
        self.may_publish = user.can("emails", "publish", instance.owner_id if instance else user.pk)
        # Before the instance takes what was typed.
        self._state = instance.state if instance else Email.State.UNPUBLISHED
        self.closed = instance is not None and not publishers.may_change(EMAILS, instance, user)
        self._hidden = {name: self._unseen(name, instance) for name in SEGMENTS}
        for name in ("state", "type", "kind", "language"):
            self.fields[name].required = False
        for name in ("state", "type", "kind"):
            asked: Any = Email._meta.get_field(name)
            self.fields[name].choices = [(key, capfirst(label)) for key, label in asked.choices]  # type: ignore[attr-defined]
        # What is stored stays, though no list has it.
        kept = instance.language if instance else user.language
        self.fields["language"].widget = forms.Select(choices=languages.choices(kept))
        # Line ends and spaces are the author's.
        for name in BODIES:
            self.fields[name].strip = False  # type: ignore[attr-defined]
        seen = narrow(Segment.objects.counted_for(user), user, "segments", "view").order_by("name")
        for name in SEGMENTS:
            self.fields[name].queryset = seen  # type: ignore[attr-defined]
        if not self.may_publish:
            self.fields["state"].disabled = True
        self.initial["audiences"] = audiences.shown(instance)
        if data is None:
            self.initial["mode"] = "html" if instance and instance.html else "mjml"
            if instance is None:
                # Written first, published when it is good.
                self.initial["state"] = Email.State.UNPUBLISHED

    def _unseen(self, name: str, instance: Email | None) -> list[Segment]:
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

    def clean_from_address(self) -> str:
        """Take a sender that the author's role may use."""
        address: str = self.cleaned_data["from_address"].strip()
        if address and "{{" not in address and not Senders.read().permit(address, self._role):
            message = _("Your role may not send from this address.")
            raise forms.ValidationError(message, "sender_not_allowed")
        return address

    def clean_audiences(self) -> list[dict[str, Any]]:
        """Read the filters with the rights of their author; what is not sent stays."""
        sent = self.data.get("audiences")
        try:
            found = audiences.read(sent, self.user, self.instance if self.instance.pk else None)
        except ConfigProblem as refused:
            message = refused.problems[0]["message"]
            raise forms.ValidationError(message, "audiences") from refused
        return found

    def _as_stored(self, name: str, text: str) -> str:
        """Keep the line ends of what nobody changed: browsers send all of them alike."""
        return stored_ends(text, getattr(self.instance, name))

    @property
    def _role(self) -> str:
        return str(self.user.role_id)

    def clean(self) -> dict[str, Any]:
        """Keep one body, and what was not asked; then check what the templates say."""
        values: dict[str, Any] = super().clean() or {}
        if self.closed:
            raise forms.ValidationError(EMAILS.words.closed, "forbidden")
        for name in BODIES:
            values[name] = self._as_stored(name, plain_lines(values.get(name) or ""))
        mode = values.get("mode") or ("html" if values.get("html") else "mjml")
        values["html" if mode == "mjml" else "mjml"] = ""
        values["type"] = values.get("type") or Email.Type.TEMPLATE
        values["kind"] = values.get("kind") or Email.Kind.MARKETING
        if not self.may_publish:
            values["state"] = self._state
        values["state"] = values.get("state") or self._state
        for name in SEGMENTS:
            values[name] = [*values.get(name, []), *self._hidden[name]]
        looked_at = written(values)
        looked_at.audiences = values.get("audiences") or []
        self.problems = editing.faults(looked_at) if not self.errors else []
        for problem in self.problems:
            field = problem["field"] if problem["field"] in self.fields else None
            self.add_error(field, forms.ValidationError(problem["message"], problem["code"]))
        return values


def _hold(user: Any, data: Any) -> None:
    """Keep the rights of whoever is storing something as they are."""
    if data is not None and connection.in_atomic_block:
        user.hold_rights()


def written(values: Any) -> Email:
    """Return an email as it stands in a form, to be checked and looked at, not to be saved."""
    names = (
        *("name", "type", "kind", "state", "subject", "preheader", "mjml", "html", "text"),
        *("from_name", "from_address", "reply_to", "language"),
    )
    email = Email(**{name: values.get(name) or "" for name in names})
    for name in BODIES:
        setattr(email, name, plain_lines(getattr(email, name)))
    email.topic = values.get("topic") or None
    email.language = email.language or "en"
    return email
