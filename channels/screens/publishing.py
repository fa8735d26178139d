"""Publishing, unpublishing and copying messages; what was switched can be switched back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice import toasts
from backoffice.bulk import MOST_AT_ONCE, BulkAction, Selection
from backoffice.screens import leave_trail
from backoffice.undo import undoes
from channels.models import Message
from channels.services import storing
from channels.services.channel import Channel
from kernel import clock
from kernel.permissions import narrow
from kernel.registry import ConfigProblem
from kernel.trail import Deed

PUBLISHED, UNPUBLISHED = Message.State.PUBLISHED, Message.State.UNPUBLISHED
MOST_TOLD = 3


class Publishing:
    """How messages of a channel are published; `remarks` says what is worth a look of one."""

    def __init__(self, channel: Channel, remarks: Callable[[Any], list[str]]) -> None:
        self.channel, self.remarks = channel, remarks
        self.undo = f"{channel.kind}.state"
        undoes(self.undo)(self._back)

    def switch(
        self, request: HttpRequest, messages: Sequence[Message], state: str
    ) -> tuple[list[Message], list[str]]:
        """Give messages a state; return those that had another, and why others keep theirs."""
        switched, refusals = [], []
        for message in messages:
            if message.state == state:
                continue
            before = message.state
            try:
                self.channel.change(message, {"state": state}, clock.now())
            except ConfigProblem as refused:
                refusals.append(_of(message, str(refused.problems[0]["message"])))
                continue
            deed = Deed(
                self.channel.kind,
                "publish" if state == PUBLISHED else "unpublish",
                object=message.pk,
                name=message.name,
                before={"state": before},
                after={"state": state},
            )
            leave_trail(request, deed)
            switched.append(message)
        return switched, refusals

    def tell(
        self, request: HttpRequest, switched: list[Message], refusals: list[str], state: str
    ) -> None:
        """Say what was switched and what was not and why, and offer to take it back."""
        count, words = len(switched), self.channel.words
        if state == PUBLISHED:
            said = words.published(count)
            begun = [_of(one, remark) for one in switched for remark in self.remarks(one)]
        else:
            said, begun = words.unpublished(count), []
        # As much as can be read before it goes away.
        remarks = (refusals + begun)[:MOST_TOLD]
        if more := len(refusals + begun) - len(remarks):
            remarks.append(ngettext("%(count)d more", "%(count)d more", more) % {"count": more})
        back = {"key": self.undo, "ids": [one.pk for one in switched], "to": state}
        told = " · ".join([said % {"count": count}, *remarks])
        toasts.tell(request, told, back if switched else None)

    def _back(self, request: HttpRequest, document: Mapping[str, Any]) -> None:
        user: Any = request.user
        named = self.channel.messages().filter(pk__in=document["ids"])
        messages = narrow(named, user, self.channel.kind, "publish")
        state = UNPUBLISHED if document["to"] == PUBLISHED else PUBLISHED
        self.switch(request, list(messages.order_by("pk").select_for_update(no_key=True)), state)

    def bulk(self) -> tuple[BulkAction, BulkAction]:
        """Return the actions that let messages be sent, and keep them from it."""
        return (
            self._action("publish", gettext_lazy("Publish"), "circle-check", PUBLISHED),
            self._action("unpublish", gettext_lazy("Unpublish"), "circle-dashed", UNPUBLISHED),
        )

    def _action(self, key: str, label: Any, icon: str, state: str) -> BulkAction:
        def run(request: HttpRequest, selection: Selection, _settings: dict[str, Any]) -> None:
            rows = selection.rows.order_by("pk").select_for_update(of=("self",), no_key=True)
            switched, refusals = self.switch(request, list(rows[:MOST_AT_ONCE]), state)
            self.tell(request, switched, refusals, state)

        return BulkAction(key, label, icon, "publish", run)

    def copy(self, request: HttpRequest, message: Message) -> Message:
        """Store a copy that belongs to who asked for it."""
        name = _("Copy of %(name)s") % {"name": message.name}
        copied: Message = storing.duplicate(
            self.channel, message, name[:200], request.user, clock.now()
        )
        leave_trail(request, Deed(self.channel.kind, "create", object=copied.pk, name=copied.name))
        return copied


def _of(message: Message, words: str) -> str:
    return f"“{message.name}”: {words}"
