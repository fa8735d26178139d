"""Walks whom a bulk action is for by their ids, so that it can go on from wherever it stopped."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.db.models import Max
from django.utils.translation import gettext_noop
from psycopg2.errors import QueryCanceled

from contacts.models import Contact
from contacts.services.searches import Rows, Search
from kernel import clock
from kernel.filters import FilterProblem
from kernel.jobs import Refusal
from kernel.permissions import Reach, narrow

SLICE = 2_000
# Nobody waits for an answer, but the lease must outlast the statement.
PATIENCE_MS = 10_000
# Said in the language of whoever reads them.
NOBODY = gettext_noop("Whoever asked for this may no longer change contacts.")
STALE = gettext_noop("A filter of this search no longer holds, or takes too long.")


class TooMany(Exception):  # noqa: N818 - a fact: fewer at a time can be asked about
    """Raised when a question about a slice took too long; `fewer` is how many to try next."""

    def __init__(self, fewer: int) -> None:
        super().__init__(fewer)
        self.fewer = fewer


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
    # The right that it takes, beside that to see them.
    verb: str = "edit"

    @classmethod
    def of(cls, args: Mapping[str, Any], user_id: int | None, verb: str = "edit") -> "Walk":
        """Read it from a job; `Refusal` where whoever asked may not have it done any more."""
        user: Any = get_user_model().objects.filter(pk=user_id or 0).first()
        if user is None or Reach.NONE in {user.reach("contacts", v) for v in ("view", verb)}:
            raise Refusal(NOBODY)
        # Jobs from before searches were kept hold a filter, or ids in any order, and no moment.
        search = Search(**args["search"]) if "search" in args else Search(tree=args.get("filter"))
        contacts = sorted(args["contacts"]) if "contacts" in args else None
        try:
            search.check(user)
        except FilterProblem as problem:
            raise Refusal(STALE) from problem
        asked = clock.parse_instant(args["asked"]) if "asked" in args else clock.now()
        last = args["last"] if "last" in args else newest()
        own = args.get("only_own", False)
        return cls(user, own, contacts, search, last, asked, verb)

    def slices(self, after: int, size: int = 0) -> Iterator[tuple[list[int], int]]:
        """Yield who is meant among the next contacts, and the id that these reach up to.

        The slices grow back slowly from `size`, where fewer at a time were needed before.
        """
        size = size or SLICE
        while contacts := self._next(after, size):
            found = self._meant(contacts)
            after, size = contacts[-1], min(size + size // 8 + 1, SLICE)
            yield found, after

    def _meant(self, contacts: list[int]) -> list[int]:
        try:
            return self.search.among(self._rows(), contacts, self.asked, PATIENCE_MS)
        except FilterProblem as problem:
            raise Refusal(STALE) from problem
        except OperationalError as error:
            if isinstance(error.__cause__, QueryCanceled) and len(contacts) > 1:
                raise TooMany(len(contacts) // 2) from error
            raise

    def _next(self, after: int, size: int) -> list[int]:
        if self.contacts is not None:
            begin = bisect_right(self.contacts, after)
            return self.contacts[begin : begin + size]
        rows = Contact.objects.filter(pk__gt=after, pk__lte=self.last).order_by("pk")
        return list(rows.values_list("pk", flat=True)[:size])

    def _rows(self) -> Rows:
        """Return whom the user may see and change as it runs, not as it was asked for."""
        rows = narrow(Contact.objects.all(), self.user, "contacts", "view")
        rows = narrow(rows, self.user, "contacts", self.verb)
        return rows.filter(owner_id=self.user.pk) if self.only_own else rows


def newest() -> int:
    """Return the id of the newest contact."""
    return Contact.objects.aggregate(last=Max("pk"))["last"] or 0
