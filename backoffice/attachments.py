"""Tabs and side cards that apps attach to pages of others: `@tab("contacts", "mails", …)`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from kernel.permissions import Reach

# Takes the request and the item; answers the context of the template.
Context = Callable[[HttpRequest, Any], dict[str, Any]]
# Takes the user, of whose rights it is, and the item.
Count = Callable[[Any, Any], int | None]


@dataclass(frozen=True)
class Attachment:
    """A part of somebody's page that another app knows about."""

    to: str
    key: str
    label: Any
    template: str
    order: int
    context: Context
    # The kind one must be able to view.
    kind: str = ""
    count: Count | None = None

    def allowed(self, user: Any) -> bool:
        """Say whether this user may see it."""
        return not self.kind or user.reach(self.kind, "view") is not Reach.NONE

    def render(self, request: HttpRequest, item: Any) -> str:
        """Write it."""
        return render_to_string(
            self.template, {"item": item, **self.context(request, item)}, request
        )


_tabs: list[Attachment] = []
_cards: list[Attachment] = []


def tab(
    to: str, key: str, label: Any, template: str, *, order: int, **more: Any
) -> Callable[[Context], Context]:
    """Attach a tab to the pages of a resource; decorates what makes its context.

    `kind` names the right it takes to see it, `count` tells a number beside the label.
    """

    def registered(context: Context) -> Context:
        _tabs.append(Attachment(to, key, label, template, order, context, **more))
        return context

    return registered


def card(
    to: str, key: str, template: str, *, order: int, kind: str = ""
) -> Callable[[Context], Context]:
    """Attach a card to the side of the pages of a resource."""

    def registered(context: Context) -> Context:
        _cards.append(Attachment(to, key, "", template, order, context, kind))
        return context

    return registered


def tabs(to: str, user: Any) -> list[Attachment]:
    """Return the tabs of a resource that a user may see."""
    return sorted((t for t in _tabs if t.to == to and t.allowed(user)), key=lambda t: t.order)


def cards(to: str, user: Any) -> list[Attachment]:
    """Return the side cards of a resource that a user may see."""
    return sorted((c for c in _cards if c.to == to and c.allowed(user)), key=lambda c: c.order)
