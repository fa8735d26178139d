"""Who may change what goes out: a published text is changed by those who may publish it.

Whoever stores a text upon these answers holds it locked, and the rights (`Actor.hold_rights`):
otherwise it is published, or the right withdrawn, between the answer and the deed.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.permissions import Actor
from sms.models import Text

CLOSED = _(
    "This text is published: what is changed goes out from then on. You may not publish; "
    "make a copy and change that."
)
UNPUBLISHED_ONLY = _("You may not publish texts.")


def may_change(text: Text, user: Actor) -> bool:
    """Say whether somebody who may edit this text, as it is stored, may change it now."""
    return text.state != Text.State.PUBLISHED or _may_publish(user, text.owner_id)


def may_become(values: Mapping[str, Any], owner: int | None, user: Actor) -> bool:
    """Say whether somebody may give a text of that owner these values, its state among them."""
    return values.get("state") != Text.State.PUBLISHED or _may_publish(user, owner)


def begun(values: Mapping[str, Any], owner: int | None, user: Actor) -> dict[str, Any]:
    """Return the values of a new text: it begins unpublished by whoever may not publish it."""
    begins = {} if _may_publish(user, owner) else {"state": Text.State.UNPUBLISHED}
    return {**begins, **values}


def _may_publish(user: Actor, owner: int | None) -> bool:
    return user.can("sms", "publish", owner)
