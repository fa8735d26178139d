"""Many addresses, found by their first word: trying them one by one costs more than some views."""

import re
from collections.abc import Iterable
from typing import Any

from django.urls import URLPattern, URLResolver, include, re_path
from django.urls.resolvers import RegexPattern

Address = URLPattern | URLResolver
# A literal first part, however the rest of the route is written.
_WORD = re.compile(r"\^?([A-Za-z0-9_.-]+)(?=[/$]|\\Z|$)")


class _Beginning(RegexPattern):
    """Lets addresses through that begin with a word, and takes nothing of them away."""

    def __init__(self, word: str) -> None:
        super().__init__("")
        self.word = word

    def match(self, path: str) -> tuple[str, tuple[Any, ...], dict[str, Any]] | None:
        return (path, (), {}) if path.partition("/")[0] == self.word else None


def by_first_word(addresses: Iterable[Address]) -> list[Address]:
    """Put addresses that begin with the same word together; the others come last, as they were."""
    groups: dict[str, list[Address]] = {}
    rest: list[Address] = []
    for address in addresses:
        found = _WORD.match(str(address.pattern))
        (groups.setdefault(found[1], []) if found else rest).append(address)
    return [*(_group(word, group) for word, group in groups.items()), *rest]


def _group(word: str, group: list[Address]) -> Address:
    if len(group) == 1:
        return group[0]
    together: URLResolver = re_path("", include(group))
    together.pattern = _Beginning(word)
    return together
