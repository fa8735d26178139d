"""The stage a request names for a contact, and people moved to it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from contacts.services.imports.standing import MOVE, STAGE, as_named, by_name
from contacts.values import ValueProblem
from kernel import clock, subjects
from kernel.actions import Batch, contact_actions, run_action
from kernel.ids import read_id
from kernel.permissions import Actor


@dataclass(frozen=True)
class StageChange:
    """To which stage somebody is to move; None: out of all."""

    stage: int | None


class StageReader:
    """Reads stages by id or name, for one caller; there are few, so that all are read once."""

    def __init__(self, caller: Actor) -> None:
        self._caller = caller
        self._found: dict[str, set[int]] | None = None

    def read(self, raw: Any) -> StageChange:
        """Return what an id, a name or `{"id"}` asks for; null is none."""
        if isinstance(raw, Mapping):
            raw = raw.get("id") or raw.get("name")
        if raw is None or raw == "":
            return StageChange(None)
        found = (
            self._known().get(as_named(str(raw)), set()) if isinstance(raw, str | int) else set()
        )
        if isinstance(raw, bool) or len(found) != 1:
            raise ValueProblem("not_found", _("There is no such stage, or more than one."))
        return StageChange(next(iter(found)))

    def _known(self) -> dict[str, set[int]]:
        if self._found is None:
            seen = subjects.visible(STAGE, self._caller) if subjects.listed(STAGE) else None
            known = list(seen.values_list("pk", "name")) if seen is not None else []
            # A name that is a number is asked for by its id.
            named = by_name((number, name) for number, name in known if read_id(name) is None)
            self._found = named | {str(number): {number} for number, _name in known}
        return self._found


def apply_stages(
    wanted: Iterable[tuple[int, StageChange | None]], *, bulk: bool = False
) -> tuple[set[int], set[int]]:
    """Move each contact as its request says, also back: return who was moved, and who may not be.

    Those whose processing is restricted stay where they are.
    """
    alike: dict[int | None, list[int]] = defaultdict(list)
    for contact, change in wanted:
        if change is not None:
            alike[change.stage].append(contact)
    moved, held = set[int](), set[int]()
    kind = contact_actions.get(MOVE)
    if kind is None:
        return moved, held
    for stage in sorted(alike, key=lambda number: number or 0):
        contacts = sorted(set(alike[stage]))
        action = kind({STAGE: stage, "backwards": True})
        kept = action.before(contacts)
        batch = Batch(contacts, ["api"] * len(contacts), bulk=bulk)
        # The request is done as a whole or not at all.
        outcomes = run_action(action, batch, clock.now(), claimed=True)
        if outcomes.failed:
            raise RuntimeError(next(iter(outcomes.failed.values())))
        held |= outcomes.skipped.keys() & action.concerned(kept)
        moved |= action.concerned(kept) - outcomes.skipped.keys()
    return moved, held
