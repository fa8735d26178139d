"""Which tokens a template may use: `contact.first_name`, `event.order.id`, `unsubscribe_url`.

* TokenSet.of(contact=aliases, company=aliases)      the tokens of `contract.md`
* TokenSet.of(…).with_namespace("loyalty", {"card"}) what another app offers
* tokens.knows("contact.city") · tokens.suggestion("contact.citty")
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

OWNER = frozenset({"first_name", "last_name", "email", "signature"})
EMAIL = frozenset({"id", "name", "subject", "preheader", "language", "from_name", "from_address"})
SINGLE = frozenset(
    {
        *("unsubscribe_url", "preferences_url", "webview_url", "confirm_url", "today"),
        *("postal_address", "footer_reason"),
    }
)
# The function that makes a counted link, and the address of the pixel: ours alone.
CLICK, PIXEL = "click", "pixel_url"
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\Z", re.IGNORECASE)


@dataclass(frozen=True)
class TokenSet:
    """Namespaces with the names they hold (None: any name, as in `event.…`), and single tokens."""

    namespaces: tuple[tuple[str, frozenset[str] | None], ...]
    single: frozenset[str] = SINGLE
    # Tokens the product fills in itself; authors cannot use them.
    ready: frozenset[str] = frozenset()

    @classmethod
    def of(cls, contact: Iterable[str], company: Iterable[str] = ()) -> "TokenSet":
        return cls(
            (
                ("contact", frozenset(contact)),
                ("company", frozenset(company)),
                ("owner", OWNER),
                ("event", None),
                ("email", EMAIL),
            )
        )

    def with_namespace(self, namespace: str, names: Iterable[str] | None) -> "TokenSet":
        known = None if names is None else frozenset(names)
        others = tuple(pair for pair in self.namespaces if pair[0] != namespace)
        return replace(self, namespaces=(*others, (namespace, known)))

    def with_single(self, *names: str) -> "TokenSet":
        return replace(self, single=self.single | set(names))

    @classmethod
    def sending(cls, *more: str) -> "TokenSet":
        """What a stored body may hold: it was checked when saved, fields may be gone since.

        `more` are namespaces of its own.
        """
        names = ("contact", "company", "owner", "event", "email", *more)
        anything = tuple((name, None) for name in names)
        return cls(anything, ready=frozenset({CLICK, PIXEL}))

    @property
    def tracks(self) -> bool:
        return CLICK in self.ready

    def names(self, namespace: str) -> frozenset[str] | None:
        return dict(self.namespaces)[namespace]

    def has_namespace(self, name: str) -> bool:
        return any(name == namespace for namespace, _ in self.namespaces)

    def claims(self, name: str) -> bool:
        return name in self.single or name in self.ready or self.has_namespace(name)

    def knows(self, path: str) -> bool:
        first, *rest = path.split(".")
        if first in self.ready:
            return True
        if not all(NAME.match(part) for part in (first, *rest)):
            return False
        if not rest:
            return first in self.single
        if not self.has_namespace(first):
            return False
        names = self.names(first)
        return names is None or (len(rest) == 1 and rest[0] in names)

    def listed(self) -> list[str]:
        """Every token that can be listed, for pickers and suggestions."""
        return sorted(self.single) + [
            f"{namespace}.{name}"
            for namespace, names in self.namespaces
            for name in sorted(names or ())
        ]

    def suggestion(self, path: str) -> str | None:
        """The token the author probably meant; a bare alias is looked for everywhere."""
        listed = self.listed()
        if close := difflib.get_close_matches(path, listed, n=1, cutoff=0.75):
            return close[0]
        last = path.rpartition(".")[2].lower()
        tails = {name.rpartition(".")[2]: name for name in reversed(listed)}
        close = difflib.get_close_matches(last, tails, n=1, cutoff=0.8)
        return tails[close[0]] if close else None
