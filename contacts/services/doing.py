"""Actions for contacts somebody picked on screen, done at once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from kernel.actions import Batch, ContactAction, Outcomes, contact_actions, run_action
from kernel.permissions import Actor


def prepared(key: str, config: dict[str, Any], user: Actor) -> ContactAction:
    """Return a checked action; `ConfigProblem` says what its settings lack or may not name."""
    kind = contact_actions.get(key)
    if kind is None:
        raise LookupError(key)
    action = kind(kind.clean(config))
    action.check_reach(user, action.needs)
    return action


def at_once(action: ContactAction, contacts: Iterable[int], now: datetime) -> Outcomes:
    """Run an action for a few, in the caller's transaction."""
    ids = sorted(set(contacts))
    cause = f"bulk:{uuid4().hex}:{action.key}"
    return run_action(action, Batch(ids, [cause] * len(ids)), now)
