"""The names of all time zones: looking them up reads hundreds of files, so it is done once."""

from functools import cache
from zoneinfo import available_timezones

# What a system may keep beside the zones, and nobody lives in.
NO_PLACES = {"Factory", "localtime", "posixrules"}


@cache
def names() -> tuple[str, ...]:
    """Return them in their order."""
    return tuple(sorted(available_timezones() - NO_PLACES))


@cache
def known() -> frozenset[str]:
    """Return them for those who ask for one."""
    return frozenset(names())
