"""Walks whom a bulk action is for by their ids, so that it can go on from wherever it stopped."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Max
from django.utils.translation import gettext_noop

from contacts.models import Contact
from contacts.services.searches import Rows, Search
from kernel import clock
from kernel.filters import FilterProblem
from kernel.jobs import Refusal
from kernel.permissions import Reach, narrow

SLICE = 2_000
# Said in the language of whoever reads them.
NOBODY = gettext_noop("Whoever asked for this may no longer change contacts.")
STALE = gettext_noop("A filter of this search no longer holds, or takes too long.")


@dataclass(frozen=True)
class Walk:
    """Who is meant: those of a list, or whoever a search finds among those there were then."""

    user: Any
    only_own: bool
    contacts: list[int] | None
    search: Search
    # The newest contact at the moment of asking, and that moment.
    last: int
    asked: datetime

    @classmethod
    def of(cls, args: Mapping[str, Any], user_id: int | None) -> "Walk":
        """Read it from a job; `Refusal` where whoever asked may not have it done any more."""
        user: Any = get_user_model().objects.filter(pk=user_id or 0).first()
        if user is None or Reach.NONE in {user.reach("contacts", v) for v in ("view", "edit")}:
            raise Refusal(NOBODY)
        search = Search(**args["search"]) if "search" in args else Search()
        try:
            search.check(user)
        except FilterProblem as problem:
            raise Refusal(STALE) from problem
        asked = clock.parse_instant(args["asked"])
        return cls(user, args["only_own"], args.get("contacts"), search, args.get("last", 0), asked)

    def slices(self, after: int) -> Iterator[tuple[list[int], int]]:
        """Yield who is meant among the next contacts, and the id that these reach up to."""
        while contacts := self._next(after):
            after = contacts[-1]
            try:
                found = self.search.among(self._rows(), contacts, self.asked)
            except FilterProblem as problem:
                raise Refusal(STALE) from problem
            yield found, after

    def _next(self, after: int) -> list[int]:
        if self.contacts is not None:
            begin = bisect_right(self.contacts, after)
            return self.contacts[begin : begin + SLICE]
        rows = Contact.objects.filter(pk__gt=after, pk__lte=self.last).order_by("pk")
        return list(rows.values_list("pk", flat=True)[:SLICE])

    def _rows(self) -> Rows:
        """Return whom the user may see and change as it runs, not as it was asked for."""
        rows = narrow(Contact.objects.all(), self.user, "contacts", "view")
        rows = narrow(rows, self.user, "contacts", "edit")
        return rows.filter(owner_id=self.user.pk) if self.only_own else rows


def newest() -> int:
    """Return the id of the newest contact."""
    return Contact.objects.aggregate(last=Max("pk"))["last"] or 0
