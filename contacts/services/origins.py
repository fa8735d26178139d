"""Where something came from, as people know it: `import:7` is a file, with its name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel import subjects
from kernel.ids import read_id

# What is said to whoever may not see it, or after it is gone.
WORDS = {
    "import": _("an import"),
    "campaign": _("a campaign"),
    "form": _("a form"),
    "email": _("an email"),
    "user": _("a colleague"),
    "token": _("the API"),
}
# What sources call otherwise than the product does.
# As the way out of a mail notes which one it was.
OF_AN_EMAIL = re.compile(r"email (\d+)")
CALLED = {"api": "token"}
# Those that name nothing in particular.
PLAIN = {
    "api": _("the API"),
    "link": _("a link in an email"),
    "confirmation": _("the link that confirms an address"),
    "sample": _("sample data"),
}
# What is named, and has no page for whoever reads.
PAGELESS = frozenset({"user", "token", ""})


@dataclass(frozen=True)
class Origin:
    """One of them; its name only for who may see it."""

    kind: str
    number: int
    name: str
    # What the client itself called its source.
    beside: str = ""

    @property
    def words(self) -> str:
        """Return what it is called."""
        called = self.name or str(WORDS[self.kind])
        return f"{called} · {self.beside}" if self.beside else called

    @property
    def page(self) -> tuple[str, int] | None:
        """Return kind and number of what has a page this reader may see."""
        return None if self.kind in PAGELESS or not self.name else (self.kind, self.number)


def origins(sources: Iterable[str], user: Any) -> dict[str, Origin]:
    """Return what is known of those that are no words of people, with two queries a kind."""
    about: dict[str, dict[str, tuple[int, str]]] = {}
    found = {}
    for source in set(sources):
        mail = OF_AN_EMAIL.fullmatch(source)
        head, _space, beside = source.partition(" ")
        called, _colon, number = head.partition(":")
        if mail is not None:
            number, beside = mail[1], ""
        kind = CALLED.get(called, called)
        if source in PLAIN:
            found[source] = Origin("", 0, str(PLAIN[source]))
        elif kind in WORDS and (known := read_id(number)):
            about.setdefault(kind, {})[source] = (known, beside)
    for kind, ids in about.items():
        names = subjects.seen_names(kind, {known for known, _beside in ids.values()}, user)
        for source, (known, beside) in ids.items():
            found[source] = Origin(kind, known, names.get(known, ""), beside)
    return found


def impersonal(sources: Iterable[str]) -> dict[str, Origin]:
    """Return what is known of them for the person they are about: no colleague is named."""
    return {
        source: replace(found, name="") if found.kind in {"user", "token"} else found
        for source, found in origins(sources, None).items()
    }
