"""One call of a system with a REST API: its address, what opens it, what is shown of answers."""

import base64
import html
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

from integrations.forms import climbs, pairs
from kernel.http import Answer, Limits, OutboundError, fetch

# Three calls at most a push (change, look, make), which end together well within a lease.
SECONDS, TOGETHER = 10.0, 25.0
BODY = 500_000
KEPT = 500
# Forms of less would blot out half of any text.
SHORTEST = 3


@dataclass(frozen=True)
class Caller:
    """A system and the secret that opens it; one for each push, whose calls end together."""

    config: Mapping[str, Any]
    secret: str
    began: float = field(default_factory=time.monotonic)

    def call(
        self, method: str, path: str, content: bytes = b"", more: Mapping[str, str] | None = None
    ) -> Answer:
        """Call it once; raises `OutboundError` where there is no answer."""
        left = self.began + TOGETHER - time.monotonic()
        if left < 1:
            raise OutboundError("", "timeout", unsent=True)
        url = f"{self.config['base_url'].rstrip('/')}/{path.lstrip('/')}".rstrip("/")
        headers = {"Accept": "application/json", **self._headers(), **(more or {})}
        if content:
            headers["Content-Type"] = "application/json"
        limits = Limits(seconds=min(SECONDS, left), body=BODY)
        return fetch(method, url, content=content, headers=headers, limits=limits)

    def _headers(self) -> dict[str, str]:
        found = dict(pairs(str(self.config.get("headers") or "").splitlines()))
        return {**found, **self._opening()}

    def _opening(self) -> dict[str, str]:
        """Return the header that opens the system."""
        auth = self.config.get("auth", "none")
        if auth == "bearer":
            return {"Authorization": f"Bearer {self.secret}"}
        if auth == "basic":
            return {"Authorization": f"Basic {self._basic()}"}
        return {str(self.config["header"]): self.secret} if auth == "header" else {}

    def _basic(self) -> str:
        word = f"{self.config.get('user', '')}:{self.secret}".encode()
        return base64.b64encode(word).decode()

    def shown(self, answer: Answer) -> str:
        """Return the beginning of an answer, without the secret should it repeat it."""
        # All that was read: cut before, a part of it might be left.
        text = answer.body.decode("utf-8", "replace").replace("\0", "")
        for form in sorted(set(self._forms()), key=len, reverse=True):
            text = text.replace(form, "…")
        return text[:KEPT]

    def _forms(self) -> Iterator[str]:
        """Name how the secret may be written in an answer: as typed, as sent, and escaped."""
        if not self.secret:
            return
        for plain in (self.secret, self._basic(), self._basic().rstrip("=")):
            yield plain
            forms = (
                *(quote(plain, safe=""), quote(plain), quote_plus(plain), html.escape(plain)),
                *(json.dumps(plain)[1:-1], json.dumps(plain, ensure_ascii=False)[1:-1]),
                *(json.dumps(plain)[1:-1].replace("/", "\\/"), repr(plain)[1:-1]),
                base64.b64encode(plain.encode()).decode(),
            )
            yield from (form for form in forms if len(form) >= SHORTEST)


def filled(path: str, mark: str, value: str) -> str:
    """Fill a value into a path; empty where it would lead elsewhere."""
    whole = path.replace(mark, quote(value, safe=""))
    return "" if climbs(whole) else whole
