"""Emails on screen: the list, the page of one, what can be done to many."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.bulk_screens import deleting
from backoffice.columns import NOTHING, Column, number
from backoffice.menu import Place
from backoffice.moments import ago
from backoffice.narrowing import ListFilter, by, mine, telling_whose
from backoffice.resource import Resource, resource_of
from backoffice.routes import register
from contacts.models import Topic
from emails.backoffice import behind, languages, overview
from emails.backoffice.editor import Begin, Editor
from emails.backoffice.forms import EmailForm
from emails.backoffice.publishing import publish, unpublish
from emails.backoffice.runs_shown import run_pill, state_pill
from emails.models import Email, Send
from emails.services import editing, figures
from kernel import usage

# What the trail compares; the segments are named beside them.
TOLD = (
    *("name", "type", "kind", "state", "subject", "preheader", "mjml", "html", "text"),
    *("from_name", "from_address", "reply_to", "language", "topic_id"),
)


def _share(name: str) -> Any:
    def cell(email: Email) -> Any:
        counts = email.counts
        if counts is None or not counts["sent"]:
            return NOTHING
        return overview.share(counts[name], counts["sent"])

    return cell


def _sent(email: Email) -> Any:
    if email.counts is None:
        return NOTHING
    sent = email.counts["sent"]
    if not sent:
        return number(0) if email.counts["selected"] else NOTHING
    return format_html('<a href="{}">{}</a>', behind.ledger(email.pk, "sent"), number(sent))


def _type(email: Email) -> str:
    return capfirst(email.get_type_display())


def _topic(email: Email) -> str:
    return email.topic.label if email.topic else ""


def _owner(email: Email) -> str:
    return str(email.owner) if email.owner else ""


def _languages(_user: Any) -> list[tuple[str, str]]:
    return [(language, languages.name_of(language)) for language in languages.in_use()]


def _topics(_user: Any) -> list[tuple[str, str]]:
    return [(str(topic.pk), topic.label) for topic in Topic.objects.order_by("name")[:200]]


class Emails(Resource[Email]):
    """Messages: broadcasts to segments, and those that campaigns send."""

    key = kind = "emails"
    model = Email
    form = EmailForm
    icon = "mail"
    label, plural = gettext_lazy("Email"), gettext_lazy("Emails")
    new_label = gettext_lazy("New email")
    purpose = gettext_lazy("Write once, send to a segment or let campaigns send it.")
    owner = "owner"
    subject = "email"
    search = ("name", "subject")
    columns = (
        Column("type", gettext_lazy("Type"), _type, width="slim"),
        Column("state", gettext_lazy("State"), state_pill, width="mid"),
        Column("topic", gettext_lazy("Topic"), _topic, width="mid"),
        Column("language", gettext_lazy("Language"), width="slim", shown=False),
        Column("owner", gettext_lazy("Owner"), _owner, shown=False),
        Column("sent", gettext_lazy("Sent"), _sent, end=True, narrow=True),
        Column("opened", gettext_lazy("Opened"), _share("opened"), end=True, width="slim"),
        Column("clicked", gettext_lazy("Clicked"), _share("clicked"), end=True, width="slim"),
        Column("updated_at", gettext_lazy("Changed"), sort="updated_at", end=True, width="slim"),
    )
    sorts = ("name", "created_at")
    default_sort = "-updated_at"
    filters = (
        ListFilter("type", gettext_lazy("Type"), Email.Type.choices, by("type")),
        ListFilter("state", gettext_lazy("State"), Email.State.choices, by("state")),
        ListFilter("language", gettext_lazy("Language"), _languages, by("language")),
        ListFilter("topic", gettext_lazy("Topic"), _topics, by("topic_id")),
        mine(),
    )
    form_template = "emails/editor.html"
    item_template = "emails/item.html"

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Email]:
        """Remember whose people are counted."""
        return telling_whose(super().rows(user, verb), user)

    def listed(self, rows: QuerySet[Email]) -> QuerySet[Email]:
        """Join what the columns name; bodies stay where they are."""
        return rows.select_related("topic", "owner").defer("html", "mjml", "text")

    def attach(self, rows: Sequence[Email]) -> None:
        """Count what became of all emails of the page at once, of contacts one may see."""
        try:
            if rows:
                figures.attach_to_emails(rows, rows[0].seen_of)  # type: ignore[attr-defined]
        except figures.Slow:
            for row in rows:
                row.counts = None

    def beside(self, row: Email) -> str:
        """Show the subject."""
        return row.subject

    def state(self, row: Email) -> Any:
        """Show the run on its way, else whether it may be sent."""
        run = row.sends.filter(state__in=Send.OPEN).first()
        return run_pill(run) if run else state_pill(row)

    def facts(self, row: Email) -> str:
        """Say what it is, in which language, about what; of one on its way since when."""
        parts = [row.get_type_display(), row.get_kind_display(), languages.name_of(row.language)]
        parts += [row.topic.label] if row.topic else []
        run = row.sends.filter(state__in=Send.OPEN).select_related("owner").first()
        if run and run.started_at:
            words = _("started %(ago)s by %(who)s") if run.owner else _("started %(ago)s")
            parts.append(words % {"ago": ago(run.started_at), "who": run.owner})
        return capfirst(" · ".join(str(part) for part in parts))

    def first_tab(self, row: Email) -> Any:
        """Broadcasts are opened to be sent."""
        return _("Send") if row.type == Email.Type.SEGMENT else _("Overview")

    def details(self, row: Email) -> Sequence[tuple[Any, Any]]:
        """Leave the telling to its own page."""
        return ()

    def head(self, request: HttpRequest, row: Email) -> dict[str, Any]:
        """Say what may be done to it, and to its run."""
        return overview.head(request, row)

    def page(self, request: HttpRequest, row: Email) -> dict[str, Any]:
        """Show how it is sent, or what became of it."""
        return overview.context(request, row)

    def form_for(self, request: HttpRequest, row: Email | None, data: Any = None) -> Any:
        """Make the form of a user, whose rights it knows."""
        return EmailForm(data, user=request.user, instance=row)

    def save(self, form: Any, user: Any, now: datetime) -> Email:
        """Check, store and compile, as the API does."""
        values = {name: form.cleaned_data[name] for name in EmailForm.Meta.fields}
        if form.instance.pk is None:
            return editing.create({**values, "owner": user}, now)
        # The form has written on its own copy, which is compared with nothing.
        email = Email.objects.get(pk=form.instance.pk)
        return editing.change(email, values, now)

    def delete(self, row: Email, now: datetime) -> None:
        """Keep what is on its way to people."""
        try:
            editing.delete(row)
        except editing.BeingSent as refused:
            name = _("“%(name)s” is being sent.") % {"name": row.name}
            raise BeingSent(name) from refused

    def told(self, row: Email) -> dict[str, Any]:
        """Compare what people write, not what is counted."""
        told = {name: getattr(row, name) for name in TOLD}
        if row.pk:
            for name in ("segments", "excluded_segments"):
                told[name] = sorted(getattr(row, name).values_list("pk", flat=True))
        return told


class BeingSent(usage.InUse):
    """An answer to who deletes an email on its way."""

    def __init__(self, words: str) -> None:
        super().__init__([])
        self.words = words

    def __str__(self) -> str:
        return self.words


Emails.bulk = (publish(), unpublish(), deleting(Emails))
urlpatterns = register(
    Emails,
    Place(gettext_lazy("Emails"), "emails", "mail", 410, "emails", under="channels"),
    order=410,
    form=Editor,
)
_given: dict[str, Any] = {"resource": resource_of("emails"), "kind": "emails", "verb": "create"}
urlpatterns.append(path("emails/new/<slug:design>", Begin.as_view(**_given), name="emails-begin"))
