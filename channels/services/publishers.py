"""Who may change what goes out: a published message is changed by those who may publish it.

Whoever stores a message upon these answers holds it locked, and the rights (`Actor.hold_rights`):
otherwise it is published, or the right withdrawn, between the answer and the deed.
"""

from collections.abc import Mapping
from typing import Any

from channels.models import Message
from channels.services.channel import Channel
from kernel.permissions import Actor


def may_change(channel: Channel, message: Message, user: Actor) -> bool:
    """Say whether somebody who may edit this message, as it is stored, may change it now."""
    published = message.state == Message.State.PUBLISHED
    return not published or user.can(channel.kind, "publish", message.owner_id)


def may_become(channel: Channel, values: Mapping[str, Any], owner: int | None, user: Actor) -> bool:
    """Say whether somebody may give a message of that owner these values, its state among them."""
    published = values.get("state") == Message.State.PUBLISHED
    return not published or user.can(channel.kind, "publish", owner)


def begun(
    channel: Channel, values: Mapping[str, Any], owner: int | None, user: Actor
) -> dict[str, Any]:
    """Return the values of a new message: it begins unpublished by whoever may not publish it."""
    may = user.can(channel.kind, "publish", owner)
    return {**({} if may else {"state": Message.State.UNPUBLISHED}), **values}
