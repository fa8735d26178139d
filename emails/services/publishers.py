"""Who may change what goes out: a published email is changed by those who may publish it.

Whoever stores an email upon these answers holds it locked, and the rights (`Actor.hold_rights`):
otherwise it is published, or the right withdrawn, between the answer and the deed.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from emails.models import Email
from kernel.permissions import Actor

CLOSED = _(
    "This email is published: what is changed goes out from then on. You may not publish; "
    "make a copy and change that."
)
UNPUBLISHED_ONLY = _("You may not publish emails.")


def may_change(email: Email, user: Actor) -> bool:
    """Say whether somebody who may edit this email, as it is stored, may change it now."""
    return email.state != Email.State.PUBLISHED or _may_publish(user, email.owner_id)


def may_become(values: Mapping[str, Any], owner: int | None, user: Actor) -> bool:
    """Say whether somebody may give an email of that owner these values, its state among them."""
    return values.get("state") != Email.State.PUBLISHED or _may_publish(user, owner)


def begun(values: Mapping[str, Any], owner: int | None, user: Actor) -> dict[str, Any]:
    """Return the values of a new email: it begins unpublished by whoever may not publish it."""
    begins = {} if _may_publish(user, owner) else {"state": Email.State.UNPUBLISHED}
    return {**begins, **values}


def _may_publish(user: Actor, owner: int | None) -> bool:
    return user.can("emails", "publish", owner)
