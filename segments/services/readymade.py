"""Segments that most people want, ready to be made with one click."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from segments.models import Segment
from segments.services import editing


class MadeAlready(Exception):  # noqa: N818 - an answer
    """There is one of this kind, whose filter nobody has changed."""


@dataclass(frozen=True)
class ReadyMade:
    """A question that many ask: its key, what it is called, and the filter."""

    key: str
    name: Any
    description: Any
    icon: str
    filter: Mapping[str, Any]


def _any(*conditions: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"any": list(conditions)}


READY: Mapping[str, ReadyMade] = {
    one.key: one
    for one in (
        ReadyMade(
            "active",
            _("Active people"),
            _("Everybody with an activity rank of 1 or more."),
            "trending-up",
            {"all": [{"field": "activity_rank", "op": "gte", "value": 1}]},
        ),
        ReadyMade(
            "inactive",
            _("Inactive people"),
            _("Nothing was seen of them lately, though it may be measured."),
            "moon",
            {"all": [{"field": "activity_rank", "op": "eq", "value": 0}]},
        ),
        ReadyMade(
            "unsubscribed_email",
            _("Unsubscribed from emails"),
            _("They left, complained, or refused marketing by email."),
            "mail-off",
            _any(
                {
                    "field": "do_not_contact.email",
                    "op": "has_any",
                    "value": ["unsubscribed", "complaint"],
                },
                {"field": "consent.email_marketing", "op": "is", "value": "refused"},
            ),
        ),
        ReadyMade(
            "unsubscribed_sms",
            _("Unsubscribed from SMS"),
            _("They left, complained, or refused marketing by SMS."),
            "message-circle",
            _any(
                {
                    "field": "do_not_contact.sms",
                    "op": "has_any",
                    "value": ["unsubscribed", "complaint"],
                },
                {"field": "consent.sms_marketing", "op": "is", "value": "refused"},
            ),
        ),
        ReadyMade(
            "invalid",
            _("Invalid addresses"),
            _("Mail to them came back for good, or their address is on the suppression list."),
            "mail-x",
            _any(
                {"field": "bounce", "op": "is", "value": "hard"},
                {"field": "suppressed", "op": "is", "value": True},
            ),
        ),
        ReadyMade(
            "never_asked",
            _("Never asked for consent"),
            _("They have an address, and never said whether they want marketing by email."),
            "user-question",
            {
                "all": [
                    {"field": "email", "op": "is_not_empty"},
                    {"field": "consent.email_marketing", "op": "is_empty"},
                ]
            },
        ),
    )
}


def left() -> Sequence[ReadyMade]:
    """Return those that nobody has made yet."""
    made = set(Segment.objects.exclude(ready_made=None).values_list("ready_made", flat=True))
    return [one for one in READY.values() if one.key not in made]


def make(key: str, *, user: Any, now: datetime, **more: Any) -> Segment:
    """Make a segment of a ready-made question, named in the language in force; once."""
    one = READY[key]
    values = {
        "name": str(one.name),
        "description": str(one.description),
        "filter": one.filter,
        "owner": user,
        **more,
        "ready_made": key,
    }
    try:
        with transaction.atomic():
            return editing.create(values, user=user, now=now)
    except IntegrityError as error:
        raise MadeAlready from error
