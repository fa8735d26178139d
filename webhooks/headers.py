"""Headers of calls, as settings: names that may be set, values kept sealed for their server."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts.services import filling
from kernel.pairs import LONGEST_VALUE, Pair, SecretPairs, opened
from webhooks.services.calls import CONTROL, server

NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
# Said by whoever writes the request: another length or host smuggles in a second one. The rest
# is what receivers know our calls by.
OURS = frozenset(
    {
        *("host", "content-length", "transfer-encoding", "accept-encoding", "expect", "trailer"),
        *("connection", "keep-alive", "proxy-connection", "te", "upgrade"),
        *("idempotency-key", "webhook-id", "webhook-timestamp", "webhook-signature"),
    }
)


class Headers(SecretPairs):
    """The headers of a call beside those every call has."""

    def __init__(self, **others: Any) -> None:
        super().__init__(server=lambda config: server(config.get("url")), **others)

    def bound(self, rows: list[Pair], config: Mapping[str, Any]) -> list[Pair]:
        """Refuse names and values that cannot stand in a request, and names given twice."""
        seen = set()
        for row in rows:
            name = row["name"].lower()
            if NAME.fullmatch(name) is None:
                raise _wrong(_("%(name)s is no name of a header."), row)
            if name in OURS:
                raise _wrong(_("The header %(name)s is set by the product itself."), row)
            if name in seen:
                raise _wrong(_("The header %(name)s stands there twice."), row)
            seen.add(name)
        found = super().bound(rows, config)
        for row in found:
            _check(row, opened(row["value"])[1])
        return found


def _check(row: Pair, text: str) -> None:
    if len(text) > LONGEST_VALUE:
        raise _wrong(_("The value of %(name)s is too long."), row)
    if CONTROL.search(text) or not text.strip():
        raise _wrong(_("The value of %(name)s must be one line of text."), row)
    if filling.faults(text):
        # The value is not repeated: it may be a secret.
        raise _wrong(_("The value of %(name)s holds a token nothing can be put in for."), row)


def _wrong(words: str, row: Pair) -> ValidationError:
    return ValidationError(words, "invalid", {"name": row["name"]})
