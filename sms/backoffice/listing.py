"""Texts on screen: the list, the page of one, what can be done to many."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.attachments import tab
from backoffice.bulk_screens import deleting
from backoffice.columns import number
from backoffice.menu import Place
from backoffice.narrowing import mine
from backoffice.routes import register
from channels.screens import asking, behind, deliveries, listing, of_contact, sending
from channels.screens.opening import contact_of, people, visible
from channels.screens.overview import KeyFigure
from channels.screens.publishing import Publishing
from channels.screens.runs_shown import percent
from kernel import clock
from kernel.permissions import narrow
from sms.backoffice import runs_shown
from sms.backoffice.forms import TextForm
from sms.models import Text, TextRun
from sms.services import preview
from sms.services.channel import SMS


def _remarks(text: Text) -> list[str]:
    return [words for _code, words in SMS.warnings(text)]


def _cautions(text: Text, _user: Any) -> list[tuple[Any, str, Any]]:
    return [(words, "", "") for words in _remarks(text)]


class Texts(listing.Messages[Text]):
    """Texts, with their translations, receipts and answers."""

    channel = SMS
    key = kind = "sms"
    model = Text
    form = TextForm
    icon = "message"
    label, plural = gettext_lazy("SMS"), gettext_lazy("SMS")
    new_label = gettext_lazy("New SMS")
    subject = "sms"
    search = ("name", "body")
    columns = (
        listing.TYPE,
        listing.STATE,
        listing.LANGUAGE,
        listing.OWNER,
        listing.sent(SMS),
        listing.share("delivered", gettext_lazy("Delivered")),
        listing.share("clicked", gettext_lazy("Clicked")),
        listing.share("replied", gettext_lazy("Answered")),
        listing.CHANGED,
    )
    filters = (listing.OF_TYPE, listing.OF_STATE, mine())
    compared = ("name", "type", "kind", "state", "body", "language")
    form_template = "sms/form.html"
    item_template = "sms/item.html"

    def listed(self, rows: QuerySet[Text]) -> QuerySet[Text]:
        """Join what the columns name."""
        return rows.select_related("owner")

    def beside(self, row: Text) -> str:
        """Show what it says."""
        return row.body

    def told(self, row: Text) -> dict[str, Any]:
        """Name the text it translates as REST does."""
        return {**super().told(row), "translation_of": row.translation_of_id}

    def head(self, request: HttpRequest, row: Text) -> dict[str, Any]:
        """Name the text it translates, or its translations."""
        seen = narrow(Text.objects.all(), request.user, "sms", "view")  # type: ignore[arg-type]
        return {
            **super().head(request, row),
            "original": seen.filter(pk=row.translation_of_id or 0).first(),
            "translations": list(seen.filter(translation_of=row).order_by("language", "name")),
        }

    def page(self, request: HttpRequest, row: Text) -> dict[str, Any]:
        """Show what it says, too."""
        shown = (
            {}
            if row.type == Text.Type.SEGMENT
            else {"shown": preview.preview(row, None, clock.now())}
        )
        return {**super().page(request, row), **shown}

    def headline(self, message: Text, user: Any) -> list[KeyFigure]:
        """Return sent, delivered, clicked, answered, failed."""
        counts = message.counts
        sent, selected = counts["sent"], counts["selected"]
        of_all = _("of %(count)s") % {"count": number(selected)} if selected else ""
        parts = _("in %(count)s parts") % {"count": number(counts["parts"])} if sent else ""
        told = (
            ("sent", _("Sent"), " · ".join(part for part in (of_all, parts) if part)),
            ("delivered", _("Delivered"), percent(counts["delivered"], sent)),
            ("clicked", _("Clicked by people"), percent(counts["clicked"], sent)),
            ("replied", _("Answered"), percent(counts["replied"], sent)),
            ("failed", _("Failed"), percent(counts["failed"], selected)),
        )
        return [
            KeyFigure(
                label,
                number(counts[key]),
                since,
                behind.who_did(SMS, user, key, message.pk) if counts[key] else "",
            )
            for key, label, since in told
        ]

    def progress(self, message: Text, run: TextRun, now: datetime, user: Any) -> dict[str, Any]:
        """Show parts, receipts and answers."""
        return runs_shown.context(message, run, now, user)


@tab("sms", "preview", gettext_lazy("Preview"), "sms/preview.html", order=40)
def previewed(request: HttpRequest, text: Text) -> dict[str, Any]:
    """Show the saved text, filled in for nobody or for the contact of the address."""
    contact = contact_of(request, request.GET.get("contact"))
    wanted = request.GET.get("person", "").replace("\0", "").strip()[:200]
    sees = bool(request.user.reach("contacts", "view"))  # type: ignore[union-attr]
    return {
        "shown": preview.preview(text, contact, clock.now()),
        "contact": visible(request).get(pk=contact) if contact else None,
        "person": wanted,
        "found": people(visible(request), wanted) if wanted and sees else [],
        "sees_people": sees,
    }


publishing = Publishing(SMS, _remarks)
Texts.bulk = (*publishing.bulk(), deleting(Texts))
deliveries.attach(SMS)
of_contact.attach(SMS, gettext_lazy("SMS"), "message", order=21)
urlpatterns = [
    *register(
        Texts,
        Place(gettext_lazy("SMS"), "sms", "message", 420, "sms", under="channels"),
        order=420,
    ),
    *asking.urls(SMS, _cautions),
    *sending.urls(SMS, publishing, runs_shown.context),
]
