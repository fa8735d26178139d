"""People who keep coming while things break, and what must be true of each of them afterwards.

Each new contact goes the whole way: REST → change set → segment → campaign → points → mail.
"""

import threading
import time
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx

from tests.installation import Installation, shown, wait_for
from tests.smtp_sink import Sink

# What an application may meet while parts of an installation are away: it tries again.
RETRYABLE = {503}
PATIENCE = 90


class Stream:
    """Contacts of one city, created by REST one after the other until told to stop."""

    def __init__(self, house: Installation, sink: Sink, pause: float = 0.01) -> None:
        self.house, self.sink, self.pause = house, sink, pause
        self.city = f"Brévent {uuid4().hex[:8]}"
        self.acknowledged: list[str] = []
        self.refusals: Counter[int] = Counter()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._create_many, daemon=True)
        self._prepare()

    def _prepare(self) -> None:
        post = self.house.post
        tree = {"all": [{"field": "city", "op": "is", "value": self.city}]}
        segment = post("segments", {"name": self.city, "filter": tree})["id"]
        message = post(
            "emails",
            {"name": self.city, "type": "template", "kind": "marketing", "subject": "Bonjour",
             "from_name": "Brévent", "from_address": "news@example.org", "html": "<p>Oui</p>"},
        )["id"]  # fmt: skip
        place = {"x": 0, "y": 0}
        graph = {
            "nodes": [{"id": "point", "kind": "action", "key": "points.adjust",
                       "config": {"delta": 1}, "position": place},
                      {"id": "mail", "kind": "action", "key": "emails.send",
                       "config": {"email": message}, "position": place}],
            "edges": [{"from": "start", "to": "point", "branch": "next"},
                      {"from": "point", "to": "mail", "branch": "next"}],
        }  # fmt: skip
        body = {"name": self.city, "sources": [{"segment": segment}], "reentry": "once"}
        self.campaign = post("campaigns", {**body, "graph": graph})["id"]
        self.message = message
        post(f"campaigns/{self.campaign}/publish")

    def __enter__(self) -> "Stream":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)

    def _create_many(self) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            self._create(f"n{number}.{self.city[-8:]}@example.org")
            time.sleep(self.pause)

    def _create(self, address: str) -> None:
        """Ask until it is acknowledged, always under the same key: never twice, never lost."""
        key = {"Idempotency-Key": uuid4().hex}
        while not self._stop.is_set():
            try:
                answer = self.house.client.post(
                    "contacts", json={"email": address, "city": self.city}, headers=key
                )
            except httpx.TransportError:
                time.sleep(0.2)
                continue
            if answer.status_code == httpx.codes.CREATED:
                self.acknowledged.append(address)
                return
            self.refusals[answer.status_code] += 1
            time.sleep(0.2)

    def grow(self, number: int) -> None:
        """Wait until so many more were acknowledged."""
        wanted = len(self.acknowledged) + number
        wait_for(lambda: len(self.acknowledged) >= wanted, self.tell, PATIENCE)

    def tell(self) -> str:
        nodes = self.house.get(f"campaigns/{self.campaign}/statistics")["nodes"]
        numbers = {"acknowledged": len(self.acknowledged), "nodes": nodes}
        return shown({**numbers, "refusals": self.refusals})

    def arrive(self, *, doubt: int = 0) -> None:
        """Everybody gets one point and one mail; at most `doubt` mails are uncertain."""
        assert set(self.refusals) <= RETRYABLE, self.refusals
        people = wait_for(self._people, self.tell, PATIENCE)
        wait_for(lambda: self._mailed(len(people)), self.tell, PATIENCE)
        assert {contact["points"] for contact in people} == {1}
        ends = Counter(
            delivery["state"]
            for delivery in self.house.everything("deliveries", email=self.message)
        )
        assert set(ends) <= {"sent", "uncertain"}, ends
        assert ends["uncertain"] <= doubt, ends
        got = Counter(to for mail in self.sink.mails for to in mail.recipients)
        mine = {contact["email"]: got[contact["email"]] for contact in people}
        assert max(mine.values()) == 1
        assert ends["sent"] <= sum(mine.values()) <= len(people)

    def _people(self) -> list[Any] | None:
        """Return the contacts of this city once all that were acknowledged have their point."""
        tree = {"all": [{"field": "city", "op": "is", "value": self.city}]}
        found, cursor = [], None
        while True:
            body = {"filter": tree, "limit": 1000, **({"cursor": cursor} if cursor else {})}
            page = self.house.post("contacts/search", body)
            found += page["results"]
            cursor = page["next"]
            if not cursor:
                break
        addresses = Counter(contact["email"] for contact in found)
        assert not addresses or max(addresses.values()) == 1
        arrived = {contact["email"] for contact in found if contact["points"]}
        complete = set(self.acknowledged) <= arrived and len(arrived) == len(found)
        return found if complete else None

    def _mailed(self, people: int) -> bool:
        """Say whether the ledger holds everybody and nobody is on the way."""
        nodes = self.house.get(f"campaigns/{self.campaign}/statistics")["nodes"]
        on_the_way = [
            self.house.get("deliveries", email=self.message, state=state, limit=1)["results"]
            for state in ("queued", "claimed", "sending")
        ]
        return nodes.get("mail", {}).get("done") == people and not any(on_the_way)
