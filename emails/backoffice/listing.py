"""Emails on screen: the list, the page of one, what can be done to many."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy

from backoffice.bulk_screens import deleting
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import ListFilter, by, mine
from backoffice.resource import resource_of
from backoffice.routes import register
from channels.screens import asking, deliveries, listing, of_contact, sending
from channels.screens.overview import KeyFigure
from channels.screens.publishing import Publishing
from contacts.models import Topic
from emails.backoffice import languages, overview, runs_shown
from emails.backoffice.cautions import cautions
from emails.backoffice.editor import Begin, Editor
from emails.backoffice.forms import EmailForm
from emails.models import Email, Send
from emails.services import hints
from emails.services.channel import EMAILS


def _topic(email: Email) -> str:
    return email.topic.label if email.topic else ""


def _languages(_user: Any) -> list[tuple[str, str]]:
    return [(language, languages.name_of(language)) for language in languages.in_use()]


def _topics(_user: Any) -> list[tuple[str, str]]:
    return [(str(topic.pk), topic.label) for topic in Topic.objects.order_by("name")[:200]]


def _remarks(email: Email) -> list[str]:
    return [begun] if (begun := hints.of_start(email)) else []


class Emails(listing.Messages[Email]):
    """Emails, with their subject, topic and opens."""

    channel = EMAILS
    key = kind = "emails"
    model = Email
    form = EmailForm
    icon = "mail"
    label, plural = gettext_lazy("Email"), gettext_lazy("Emails")
    new_label = gettext_lazy("New email")
    subject = "email"
    search = ("name", "subject")
    columns = (
        listing.TYPE,
        listing.STATE,
        Column("topic", gettext_lazy("Topic"), _topic, width="mid"),
        listing.LANGUAGE,
        listing.OWNER,
        listing.sent(EMAILS),
        listing.share("opened", gettext_lazy("Opened")),
        listing.share("clicked", gettext_lazy("Clicked")),
        listing.CHANGED,
    )
    filters = (
        listing.OF_TYPE,
        listing.OF_STATE,
        ListFilter("language", gettext_lazy("Language"), _languages, by("language")),
        ListFilter("topic", gettext_lazy("Topic"), _topics, by("topic_id")),
        mine(),
    )
    compared = (
        *("name", "type", "kind", "state", "subject", "preheader", "mjml", "html", "text"),
        *("from_name", "from_address", "reply_to", "language", "topic_id", "audiences"),
    )
    form_template = "emails/editor.html"
    item_template = "emails/item.html"

    def listed(self, rows: QuerySet[Email]) -> QuerySet[Email]:
        """Join what the columns name; bodies stay where they are."""
        return rows.select_related("topic", "owner").defer("html", "mjml", "text")

    def beside(self, row: Email) -> str:
        """Show the subject."""
        return row.subject

    def told_of(self, row: Email) -> list[str]:
        """Name the language, and what it is about."""
        *parts, language = super().told_of(row)
        return [*parts, languages.name_of(language), *([row.topic.label] if row.topic else [])]

    def headline(self, message: Email, user: Any) -> list[KeyFigure]:
        """Return sent, opened, clicked, unsubscribed, failed."""
        return overview.headline(message, user)

    def progress(self, message: Email, run: Send, now: datetime, user: Any) -> dict[str, Any]:
        """Show the pace, and receiving domains."""
        return runs_shown.context(message, run, now, user)


publishing = Publishing(EMAILS, _remarks)
Emails.bulk = (*publishing.bulk(), deleting(Emails))
deliveries.attach(EMAILS)
of_contact.attach(EMAILS, gettext_lazy("Emails"), "mail", order=20)
_given: dict[str, Any] = {"kind": "emails", "verb": "create"}
urlpatterns = [
    *register(
        Emails,
        Place(gettext_lazy("Emails"), "emails", "mail", 410, "emails", under="channels"),
        order=410,
        form=Editor,
    ),
    *asking.urls(EMAILS, cautions),
    *sending.urls(EMAILS, publishing, runs_shown.context),
]
begin = Begin.as_view(resource=resource_of("emails"), **_given)
urlpatterns.append(path("emails/new/<slug:design>", begin, name="emails-begin"))
