"""What a change of tags did, in words."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# By tag, whom it was put on or taken off.
People = Mapping[str, Sequence[int]]


def asked(add: Sequence[str], remove: Sequence[str], count: int, shown: str) -> str:
    """Say which tags so many contacts have now, or no longer."""
    parts = [_put(add, count, shown)] if add else []
    return " · ".join([*parts, _taken(remove, count, shown)] if remove else parts)


def told(kept: Mapping[str, People], contacts: Collection[int]) -> str:
    """Say of each tag whom it was put on or taken off, of these contacts; and of which nobody."""
    parts = []
    for count, names in _by_count(kept["put"], contacts):
        words = _("%(names)s was there already") % {"names": quoted(names)}
        parts.append(_put(names, count, _shown(count)) if count else words)
    for count, names in _by_count(kept["gone"], contacts):
        words = _("nobody had %(names)s") % {"names": quoted(names)}
        parts.append(_taken(names, count, _shown(count)) if count else words)
    return " · ".join(parts)


def quoted(names: Sequence[str]) -> str:
    """Quote names and join them."""
    return ", ".join(_("“%(name)s”") % {"name": name} for name in names)


def _by_count(tagged: People, contacts: Collection[int]) -> Iterator[tuple[int, list[str]]]:
    """Group tags by the people they concern; what concerns nobody comes last."""
    mine = set(contacts)
    groups: dict[frozenset[int], list[str]] = {}
    for name, people in tagged.items():
        groups.setdefault(frozenset(mine.intersection(people)), []).append(name)
    for concerned in sorted(groups, key=len, reverse=True):
        yield len(concerned), groups[concerned]


def _put(names: Sequence[str], count: int, shown: str) -> str:
    words = ngettext(
        "%(count)s contact tagged %(names)s", "%(count)s contacts tagged %(names)s", count
    )
    return words % {"count": shown, "names": quoted(names)}


def _taken(names: Sequence[str], count: int, shown: str) -> str:
    words = ngettext(
        "%(names)s taken off %(count)s contact", "%(names)s taken off %(count)s contacts", count
    )
    return words % {"count": shown, "names": quoted(names)}


def _shown(count: int) -> str:
    return number_format(count, use_l10n=True, force_grouping=True)
