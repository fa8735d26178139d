"""Who saved something while somebody else was editing it, and when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest

from backoffice.differing import differences
from kernel import subjects
from kernel.trail import Told

# What changes a thing that has a form, as the trail says it.
_CHANGES = frozenset({"change", "edit", "set", "merge", "undo", "publish", "unpublish", "restore"})
# The trail is written in the transaction of the change, a moment after it.
_MOMENT = timedelta(seconds=10)
# So far back the trail is looked through: what is no change may lie above what is one.
LOOKED_THROUGH = 20


@dataclass(frozen=True)
class Overtaking:
    """The latest change: by whom, where that is known, and when."""

    at: datetime
    who: str = ""
    # The access token that did it in their name.
    token: str = ""
    # Whoever asks did it, in another window.
    own: bool = False


def met(
    request: HttpRequest,
    theirs: forms.BaseForm,
    mine: forms.BaseForm,
    told: Overtaking | None,
) -> dict[str, Any]:
    """Return what a page tells whoever comes second: where both differ, and who was first.

    What it was read with first stays known: who is overtaken twice sees both others' changes.
    """
    read = request.POST.get("read", "")
    return {"differences": differences(theirs, mine, read), "overtaken": told, "read": read}


def latest(
    history: Sequence[Told],
    user: Any,
    changed_at: datetime | None = None,
    about: Collection[str] = (),
) -> Overtaking | None:
    """Find the latest change in a history, latest first; None where nothing is known of it.

    `changed_at` is when the thing itself says that it changed: what machines do leaves no trail,
    and nobody is named for it. `about` names the values in question, where not all are.
    """
    told = next((each for each in history if _changes(each, about)), None)
    if told is None or (changed_at is not None and changed_at - told.at > _MOMENT):
        return Overtaking(changed_at) if changed_at else None
    own = told.user == user.pk and told.token is None
    who = _name("user", told.user) or told.who
    return Overtaking(told.at, who, _name("token", told.token), own)


def _changes(told: Told, about: Collection[str]) -> bool:
    return told.verb in _CHANGES and (not about or not {*about}.isdisjoint(told.after))


def _name(kind: str, number: int | None) -> str:
    return subjects.names(kind, [number]).get(number, "") if number else ""
