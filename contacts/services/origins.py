"""Where something came from, as people know it: `import:7` is a file, with its name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel import subjects
from kernel.ids import read_id

# What is said to whoever may not see it, or after it is gone.
WORDS = {"import": _("an import"), "campaign": _("a campaign")}


@dataclass(frozen=True)
class Origin:
    """One of them; its name only for who may see it."""

    kind: str
    number: int
    name: str

    @property
    def words(self) -> str:
        """Return what it is called."""
        return self.name or str(WORDS[self.kind])


def origins(sources: Iterable[str], user: Any) -> dict[str, Origin]:
    """Return what is known of those that point at something, with two queries a kind."""
    about: dict[str, dict[int, str]] = {}
    for source in sources:
        kind, _colon, number = source.partition(":")
        if kind in WORDS and (known := read_id(number)):
            about.setdefault(kind, {})[known] = source
    found = {}
    for kind, ids in about.items():
        names = subjects.seen_names(kind, ids, user)
        for known, source in ids.items():
            found[source] = Origin(kind, known, names.get(known, ""))
    return found
