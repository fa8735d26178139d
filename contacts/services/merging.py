"""Merging asked for by somebody: who may, which values stay, and what the trail keeps."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Contact
from contacts.services.comparing import compared
from contacts.services.merge import Wish, merge_all, survivors
from kernel.locks import LANES, lock_contacts, wait_lanes
from kernel.permissions import Actor, narrow
from kernel.registry import ConfigProblem, Problem

# More than these are not merged while somebody waits.
MOST = 10


def chosen_ones(winner: int, losers: Sequence[int], actor: Actor) -> list[int]:
    """Return the losers that are still contacts; `ConfigProblem` names who is none.

    Those that are part of the winner already are passed over. The winner is changed and the
    losers go: so much must be allowed. Who is not seen does not exist.
    """
    became = survivors(losers)
    left = list(dict.fromkeys(one for one in losers if became.get(one) != winner))
    if winner in left:
        raise ConfigProblem([_said("losers", "same", _("A contact cannot be merged with itself."))])
    seen = _reached(actor, "view", [winner, *left])
    places = [("winner", winner), *((f"losers.{n}", one) for n, one in enumerate(losers))]
    _check([place for place, one in places if one in {winner, *left} - seen])
    if set(left) - _reached(actor, "delete", left) or not _reached(actor, "edit", [winner]):
        raise PermissionDenied
    return left


@transaction.atomic
def unite(
    winner: int, losers: Sequence[int], kept: Mapping[str, int], wish: Wish, now: datetime
) -> None:
    """Merge contacts that `chosen_ones` returned; `kept` names by alias whose value stays.

    `ConfigProblem` names who is gone meanwhile. What was compared is what is merged: they are
    locked before.
    """
    if not losers:
        return
    both = [winner, *losers]
    wait_lanes({contact % LANES for contact in both})
    gone = set(both) - set(lock_contacts(both))
    places = [("winner", winner), *((f"losers.{n}", one) for n, one in enumerate(losers))]
    _check([place for place, one in places if one in gone])
    rows = {row.spec.alias: row for row in compared(both)}
    problems = list[Problem]()
    for alias, whose in kept.items():
        if alias not in rows:
            problems.append(
                _said(f"values.{alias}", "unknown_field", _("This field is not known."))
            )
        elif whose not in rows[alias].values:
            message = _("The contact of this number has no value there.")
            problems.append(_said(f"values.{alias}", "no_value", message))
    if problems:
        raise ConfigProblem(problems)
    chosen = {alias: str(whose) for alias, whose in kept.items()}
    merge_all(winner, losers, now, Wish(wish.user_id, wish.reason, chosen))


def _check(unseen: Sequence[str]) -> None:
    if unseen:
        message = _("There is no such contact.")
        raise ConfigProblem([_said(place, "not_found", message) for place in unseen])


def _reached(actor: Actor, verb: str, contacts: Sequence[int]) -> set[int]:
    rows = narrow(Contact.objects.filter(pk__in=contacts), actor, "contacts", verb)
    return set(rows.values_list("pk", flat=True))


def _said(place: str, code: str, message: str) -> Problem:
    return {"field": place, "code": code, "message": message}
