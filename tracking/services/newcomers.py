"""Makes the contacts that reports name by an address nobody has."""

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Any

from contacts.catalogue import catalogue
from contacts.services.plan import Terms
from contacts.services.upsert import write
from contacts.services.writing import Cleaner
from kernel.permissions import Actor, Reach
from kernel.registry import Problem

# More new people than this in one call yield to what people do one by one.
MANY = 500


def make(
    addresses: Iterable[str], user: Actor, now: datetime
) -> tuple[dict[str, int], dict[str, list[Problem]]]:
    """Return the contact of each address that could be made, and why others could not."""
    if user.reach("contacts", "create") is Reach.NONE:
        return {}, {}
    cleaner = Cleaner(catalogue())
    rows, refused = dict[str, dict[str, Any]](), dict[str, list[Problem]]()
    owner = {} if user.reach("contacts", "view") is Reach.ALL else {"owner": user.pk}
    for address in sorted(set(addresses)):
        values, problems = cleaner.row({"email": address})
        if problems:
            refused[address] = problems
        else:
            rows[address] = {**values, **owner}
    terms = Terms(mode="create", source="tracking", bulk=len(rows) > MANY)
    result = write(list(rows.values()), now, terms)
    for (address, _values), place in zip(rows.items(), count()):
        missing = [one for one in result.rejected.get(place, []) if one["code"] == "required"]
        if missing:
            refused[address] = missing
    made = {
        address: contact
        for address, contact in zip(rows, result.ids, strict=True)
        if contact is not None
    }
    return made, refused
