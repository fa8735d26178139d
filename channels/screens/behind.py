"""The people behind a figure of a message: the list of contacts, narrowed, where one may see it."""

import json
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from channels.services.channel import Channel
from kernel import subjects
from kernel.permissions import Actor, Reach


def people(user: Actor, condition: dict[str, Any]) -> str:
    """Return the address of the contacts a condition means; empty for who sees no contacts."""
    if user.reach("contacts", "view") is Reach.NONE:
        return ""
    return f"{reverse('contacts')}?{urlencode({'filter': json.dumps({'all': [condition]})})}"


def who_did(channel: Channel, user: Actor, event: str, message: int) -> str:
    """Return whoever did something with a message; `event` is its name without the channel's."""
    where = {channel.subject: message}
    return people(user, {"event": f"{channel.kind}.{event}", "where": where})


def members(user: Actor, segments: list[int]) -> str:
    """Return the members of segments; empty where the user does not see all of them."""
    if not segments or subjects.beyond("segment", segments, user):
        return ""
    return people(user, {"segment": sorted(segments), "op": "in"})


def ledger(channel: Channel, message: int, state: str, run: int | None = None) -> str:
    """Return the lines of a message's ledger in a state, each with its person."""
    asked = {"tab": "deliveries", **({"run": run} if run else {}), "state": state}
    return f"{reverse(f'{channel.kind}-item', args=[message])}?{urlencode(asked)}"
