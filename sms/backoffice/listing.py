"""Texts on screen: the list, the page of one, what can be done to many."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.attachments import tab
from backoffice.bulk_screens import deleting
from backoffice.columns import NOTHING, Column, number
from backoffice.menu import Place
from backoffice.moments import ago
from backoffice.narrowing import ListFilter, by, mine, telling_whose
from backoffice.resource import Resource
from backoffice.routes import register
from kernel import clock, usage
from sms.backoffice import overview
from sms.backoffice.forms import TextForm
from sms.backoffice.publishing import publish, unpublish
from sms.backoffice.runs_shown import run_pill, state_pill
from sms.backoffice.writing import contact_of, people, visible
from sms.models import Text, TextRun
from sms.services import editing, figures, preview

# What the trail compares; the segments are named beside them.
TOLD = ("name", "type", "kind", "state", "body", "language")


def _share(name: str) -> Any:
    def cell(text: Text) -> Any:
        counts = text.counts
        if counts is None or not counts["sent"]:
            return NOTHING
        return overview.share(counts[name], counts["sent"])

    return cell


def _sent(text: Text) -> Any:
    counts = text.counts
    return NOTHING if counts is None or not counts["selected"] else number(counts["sent"])


def _type(text: Text) -> str:
    return capfirst(text.get_type_display())


def _owner(text: Text) -> str:
    return str(text.owner) if text.owner else ""


class Texts(Resource[Text]):
    """Texts: broadcasts to segments, and those that campaigns send."""

    key = kind = "sms"
    model = Text
    form = TextForm
    icon = "message"
    label, plural = gettext_lazy("SMS"), gettext_lazy("SMS")
    new_label = gettext_lazy("New SMS")
    purpose = gettext_lazy("Write once, send to a segment or let campaigns send it.")
    owner = "owner"
    subject = "sms"
    search = ("name", "body")
    columns = (
        Column("type", gettext_lazy("Type"), _type, width="slim"),
        Column("state", gettext_lazy("State"), state_pill, width="mid"),
        Column("language", gettext_lazy("Language"), width="slim", shown=False),
        Column("owner", gettext_lazy("Owner"), _owner, shown=False),
        Column("sent", gettext_lazy("Sent"), _sent, end=True, narrow=True),
        Column("delivered", gettext_lazy("Delivered"), _share("delivered"), end=True, width="slim"),
        Column("clicked", gettext_lazy("Clicked"), _share("clicked"), end=True, width="slim"),
        Column("replied", gettext_lazy("Answered"), _share("replied"), end=True, width="slim"),
        Column("updated_at", gettext_lazy("Changed"), sort="updated_at", end=True, width="slim"),
    )
    sorts = ("name", "created_at")
    default_sort = "-updated_at"
    filters = (
        ListFilter("type", gettext_lazy("Type"), Text.Type.choices, by("type")),
        ListFilter("state", gettext_lazy("State"), Text.State.choices, by("state")),
        mine(),
    )
    form_template = "sms/form.html"
    item_template = "sms/item.html"

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Text]:
        """Remember whose people are counted."""
        return telling_whose(super().rows(user, verb), user)

    def listed(self, rows: QuerySet[Text]) -> QuerySet[Text]:
        """Join what the columns name."""
        return rows.select_related("owner")

    def attach(self, rows: Sequence[Text]) -> None:
        """Count what became of all texts of the page at once, of contacts one may see."""
        try:
            if rows:
                figures.attach(rows, rows[0].seen_of)  # type: ignore[attr-defined]
        except figures.Slow:
            for row in rows:
                row.counts = None

    def beside(self, row: Text) -> str:
        """Show what it says."""
        return row.body

    def state(self, row: Text) -> Any:
        """Show the run on its way, else whether it may be sent."""
        run = row.runs.filter(state__in=TextRun.OPEN).first()
        return run_pill(run) if run else state_pill(row)

    def facts(self, row: Text) -> str:
        """Say what it is, and of one on its way since when."""
        parts = [row.get_type_display(), row.get_kind_display(), row.language]
        run = row.runs.filter(state__in=TextRun.OPEN).select_related("owner").first()
        if run and run.started_at:
            words = _("started %(ago)s by %(who)s") if run.owner else _("started %(ago)s")
            parts.append(words % {"ago": ago(run.started_at), "who": run.owner})
        return capfirst(" · ".join(str(part) for part in parts))

    def first_tab(self, row: Text) -> Any:
        """Broadcasts are opened to be sent."""
        return _("Send") if row.type == Text.Type.SEGMENT else _("Overview")

    def details(self, row: Text) -> Sequence[tuple[Any, Any]]:
        """Leave the telling to its own page."""
        return ()

    def head(self, request: HttpRequest, row: Text) -> dict[str, Any]:
        """Say what may be done to it, and to its run."""
        return overview.head(request, row)

    def page(self, request: HttpRequest, row: Text) -> dict[str, Any]:
        """Show how it is sent, or what became of it."""
        return overview.context(request, row)

    def form_for(self, request: HttpRequest, row: Text | None, data: Any = None) -> Any:
        """Make the form of a user, whose rights it knows."""
        return TextForm(data, user=request.user, instance=row)

    def save(self, form: Any, user: Any, now: datetime) -> Text:
        """Check, store and compile, as the API does."""
        names = [name for name in TextForm.Meta.fields if name in form.cleaned_data]
        values = {name: form.cleaned_data[name] for name in names}
        if form.instance.pk is None:
            return editing.create({**values, "owner": user}, now)
        # The form has written on its own copy, which is compared with nothing.
        return editing.change(Text.objects.get(pk=form.instance.pk), values, now)

    def delete(self, row: Text, now: datetime) -> None:
        """Keep what is on its way to people."""
        try:
            editing.delete(row)
        except editing.BeingSent as refused:
            name = _("“%(name)s” is being sent.") % {"name": row.name}
            raise BeingSent(name) from refused

    def told(self, row: Text) -> dict[str, Any]:
        """Compare what people write, not what is counted."""
        told = {name: getattr(row, name) for name in TOLD}
        told["translation_of"] = row.translation_of_id
        if row.pk:
            for name in ("segments", "excluded_segments"):
                told[name] = sorted(getattr(row, name).values_list("pk", flat=True))
        return told


class BeingSent(usage.InUse):
    """An answer to who deletes a text on its way."""

    def __init__(self, words: str) -> None:
        super().__init__([])
        self.words = words

    def __str__(self) -> str:
        return self.words


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


Texts.bulk = (publish(), unpublish(), deleting(Texts))
urlpatterns = register(
    Texts, Place(gettext_lazy("SMS"), "sms", "message", 420, "sms", under="channels"), order=420
)
