"""Words of sentences about filters that several kinds of conditions share."""

from collections.abc import Sequence

from django.utils.translation import ngettext

LISTED = 5
_LARGER = {"s": "m", "m": "h"}


def said_duration(text: str) -> str:
    """Say `90s 10m 1h 3d 2w 3mo 1y`; whole hours and minutes as such, `60m` is an hour."""
    if text.endswith("mo"):
        months = int(text[:-2])
        return ngettext("%(count)s month", "%(count)s months", months) % {"count": months}
    number, unit = int(text[:-1]), text[-1]
    while unit in _LARGER and number and number % 60 == 0:
        number, unit = number // 60, _LARGER[unit]
    words = {
        "s": ngettext("%(count)s second", "%(count)s seconds", number),
        "m": ngettext("%(count)s minute", "%(count)s minutes", number),
        "h": ngettext("%(count)s hour", "%(count)s hours", number),
        "d": ngettext("%(count)s day", "%(count)s days", number),
        "w": ngettext("%(count)s week", "%(count)s weeks", number),
        "y": ngettext("%(count)s year", "%(count)s years", number),
    }
    return words[unit] % {"count": number}


def said_list(words: Sequence[str]) -> str:
    """Say the first of a list, and how many more there are."""
    if len(words) <= LISTED:
        return ", ".join(words)
    shown, more = ", ".join(words[:LISTED]), len(words) - LISTED
    return ngettext("%(shown)s and %(count)s more", "%(shown)s and %(count)s more", more) % {
        "shown": shown,
        "count": more,
    }
