"""Messages on screen: the list, the page of one; a channel adds its columns and figures."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.columns import NOTHING, Column, number
from backoffice.moments import ago
from backoffice.narrowing import ListFilter, by, telling_whose
from backoffice.resource import Resource
from channels.models import Message
from channels.screens import behind, overview
from channels.screens.overview import KeyFigure
from channels.screens.runs_shown import run_pill, state_pill
from channels.services import storing
from channels.services.channel import Channel
from channels.services.refused import BeingSent, Slow
from kernel import usage

M = TypeVar("M", bound=Message)


def _type(message: Message) -> str:
    return capfirst(message.get_type_display())


def _owner(message: Message) -> str:
    return str(message.owner) if message.owner else ""


TYPE = Column("type", gettext_lazy("Type"), _type, width="slim")
STATE = Column("state", gettext_lazy("State"), state_pill, width="mid")
LANGUAGE = Column("language", gettext_lazy("Language"), width="slim", shown=False)
OWNER = Column("owner", gettext_lazy("Owner"), _owner, shown=False)
CHANGED = Column("updated_at", gettext_lazy("Changed"), sort="updated_at", end=True, width="slim")
OF_TYPE = ListFilter("type", gettext_lazy("Type"), Message.Type.choices, by("type"))
OF_STATE = ListFilter("state", gettext_lazy("State"), Message.State.choices, by("state"))


def sent(channel: Channel) -> Column:
    """Return the column of how many went out, with the people behind the number."""

    def cell(message: Message) -> Any:
        if message.counts is None:
            return NOTHING
        count = message.counts["sent"]
        if not count:
            return number(0) if message.counts["selected"] else NOTHING
        url = behind.ledger(channel, message.pk, "sent")
        return format_html('<a href="{}">{}</a>', url, number(count))

    return Column("sent", gettext_lazy("Sent"), cell, end=True, narrow=True)


def share(name: str, label: Any) -> Column:
    """Return the column of a figure, with its share of those that went out."""

    def cell(message: Message) -> Any:
        counts = message.counts
        if counts is None or not counts["sent"]:
            return NOTHING
        return overview.share(counts[name], counts["sent"])

    return Column(name, label, cell, end=True, width="slim")


class Messages(Resource[M]):
    """Broadcasts to segments, and messages that campaigns send."""

    channel: ClassVar[Channel]
    # What the trail compares; the segments are named beside them.
    compared: ClassVar[tuple[str, ...]]
    purpose = gettext_lazy("Write once, send to a segment or let campaigns send it.")
    owner = "owner"
    sorts = ("name", "created_at")
    default_sort = "-updated_at"

    def headline(self, message: M, user: Any) -> list[KeyFigure]:
        """Return the key figures of a message that has its `counts`."""
        raise NotImplementedError

    def progress(self, message: M, run: Any, now: datetime, user: Any) -> dict[str, Any]:
        """Return what the template of a run's progress reads."""
        raise NotImplementedError

    def rows(self, user: Any, verb: str = "view") -> QuerySet[M]:
        """Remember whose people are counted."""
        return telling_whose(super().rows(user, verb), user)

    def attach(self, rows: Sequence[M]) -> None:
        """Count what became of all messages of the page at once, of contacts one may see."""
        try:
            if rows:
                self.channel.count(rows, rows[0].seen_of)  # type: ignore[attr-defined]
        except Slow:
            for row in rows:
                row.counts = None

    def state(self, row: M) -> Any:
        """Show the run on its way, else whether it may be sent."""
        run = self.channel.opened(row).first()
        return run_pill(run) if run else state_pill(row)

    def told_of(self, row: M) -> list[str]:
        """Return what the line under the name says first."""
        return [str(row.get_type_display()), str(row.get_kind_display()), row.language]

    def facts(self, row: M) -> str:
        """Say what it is; of one on its way since when."""
        parts = self.told_of(row)
        run = self.channel.opened(row).select_related("owner").first()
        if run and run.started_at:
            words = _("started %(ago)s by %(who)s") if run.owner else _("started %(ago)s")
            parts.append(words % {"ago": ago(run.started_at), "who": run.owner})
        return capfirst(" · ".join(parts))

    def first_tab(self, row: M) -> Any:
        """Broadcasts are opened to be sent."""
        return _("Send") if row.type == Message.Type.SEGMENT else _("Overview")

    def details(self, row: M) -> Sequence[tuple[Any, Any]]:
        """Leave the telling to its own page."""
        return ()

    def head(self, request: HttpRequest, row: M) -> dict[str, Any]:
        """Say what may be done to it, and to its run."""
        return overview.head(self.channel, request, row)

    def page(self, request: HttpRequest, row: M) -> dict[str, Any]:
        """Show how it is sent, or what became of it."""
        return overview.context(self.channel, request, row, self.headline, self.progress)

    def form_for(self, request: HttpRequest, row: M | None, data: Any = None) -> Any:
        """Make the form of a user, whose rights it knows."""
        form: Any = self.form
        return form(data, user=request.user, instance=row)

    def save(self, form: Any, user: Any, now: datetime) -> M:
        """Check, store and compile, as the API does."""
        names = [name for name in form.Meta.fields if name in form.cleaned_data]
        values = {name: form.cleaned_data[name] for name in names}
        stored: M
        if form.instance.pk is None:
            stored = self.channel.create({**values, "owner": user}, now)
        else:
            # The form has written on its own copy, which is compared with nothing.
            before = self.channel.messages().get(pk=form.instance.pk)
            stored = self.channel.change(before, values, now)
        return stored

    def delete(self, row: M, now: datetime) -> None:
        """Keep what is on its way to people."""
        try:
            storing.delete(self.channel, row)
        except BeingSent as refused:
            raise OnItsWay(_("“%(name)s” is being sent.") % {"name": row.name}) from refused

    def told(self, row: M) -> dict[str, Any]:
        """Compare what people write, not what is counted."""
        told = {name: getattr(row, name) for name in self.compared}
        if row.pk:
            for name in storing.SEGMENTS:
                told[name] = sorted(getattr(row, name).values_list("pk", flat=True))
        return told


class OnItsWay(usage.InUse):
    """An answer to who deletes a message on its way."""

    def __init__(self, words: str) -> None:
        super().__init__([])
        self.words = words

    def __str__(self) -> str:
        return self.words
