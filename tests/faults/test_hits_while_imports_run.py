"""REL-30: visitors browse while the same people are imported and segments are rebuilt."""

import json
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.faults.size import size
from tests.installation import Installation, wait_for

PEOPLE, SECONDS, RATE = size(200, 1_000), size(6, 600), size(80, 500)
BROWSERS = 8
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Browsing:
    """People known on the site, who look at a page so often a second, from several threads."""

    def __init__(self, house: Installation, contacts: list[str]) -> None:
        self.house, self.keys = house, [str(uuid4()) for _contact in contacts]
        self.answers: Counter[object] = Counter()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._browse, args=(self.keys[place::BROWSERS],), daemon=True)
            for place in range(BROWSERS)
        ]
        with self._client() as client:
            for key, contact in zip(self.keys, contacts, strict=True):
                token = house.post("tracking/identities", {"contact": contact})["token"]
                self._look(client, key, t=token)

    def _client(self) -> httpx.Client:
        headers = {"user-agent": FIREFOX, "origin": self.house.address}
        return httpx.Client(base_url=self.house.address, headers=headers, timeout=30)

    def _look(self, client: httpx.Client, key: str, **more: Any) -> None:
        page = {"n": "view", "u": f"{self.house.address}/huts/7", "t": "A hut"}
        try:
            body = json.dumps({"v": key, "c": 1, "e": [page], **more})
            said: object = client.post("/t/hit", content=body).status_code
        except httpx.TransportError as error:
            said = repr(error)
        self.answers[said] += 1

    def _browse(self, keys: list[str]) -> None:
        due, pause = time.monotonic(), BROWSERS / RATE
        with self._client() as client:
            while not self._stop.is_set():
                for key in keys:
                    self._look(client, key)
                    due += pause
                    self._stop.wait(max(0.0, due - time.monotonic()))
                    if self._stop.is_set():
                        return

    def __enter__(self) -> "Browsing":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)


@pytest.mark.long
def test_every_hit_that_was_accepted_is_kept_and_no_client_hears_of_a_lock(house, tmp_path):
    mark, city = uuid4().hex[:8], f"Servoz {uuid4().hex[:6]}"
    addresses = [f"h{number}.{mark}@example.org" for number in range(PEOPLE)]
    contacts = bulk(house, addresses, city=city)
    known = set(contacts)
    tree = {"any": [{"field": "city", "op": "starts_with", "value": city},
                    {"event": "pages.viewed", "count": {"op": "gte", "value": 3}}]}  # fmt: skip
    segment = house.post("segments", {"name": mark, "filter": tree})["id"]
    imports: list[str] = []
    with Browsing(house, contacts) as browsing:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            imports.append(take(house, tmp_path, addresses, f"{city} {len(imports)}"))
            house.post(f"segments/{segment}/rebuild")
            bulk(house, addresses, last_name=f"Turn {len(imports)}")
            wait_for(lambda: ended(house, imports[-1]), lambda: house.get(f"imports/{imports[-1]}"))
    accepted = browsing.answers[204]
    assert browsing.answers == {204: accepted}
    assert accepted > PEOPLE

    def kept() -> int:
        rows = house.everything("events", type="pages.viewed")
        return sum(row["contact"] in known for row in rows)

    wait_for(lambda: kept() >= accepted, lambda: (kept(), accepted))
    assert kept() == accepted
    for number in imports:
        told = house.get(f"imports/{number}")
        assert (told["state"], told["updated"], told["rejected"]) == ("done", PEOPLE, 0), told
    wait_for(lambda: house.get(f"segments/{segment}")["member_count"] == PEOPLE)
    house.manage("check_invariants")


def bulk(house: Installation, addresses: list[str], **values: str) -> list[str]:
    """Write these people through the API; return their ids."""
    found: list[str] = house.post(
        "contacts/bulk", {"contacts": [{"email": address, **values} for address in addresses]}
    )["ids"]
    return found


def take(house: Installation, folder: Path, addresses: list[str], city: str) -> str:
    """Import these people with another city; return the import's id."""
    file = folder / "people.csv"
    file.write_text("Email,City\n" + "".join(f"{address},{city}\n" for address in addresses))
    with file.open("rb") as content:
        files = {"file": (file.name, content)}
        words = {"options": json.dumps({"match": "email"})}
        number: str = house.post("imports", None, files=files, data=words)["id"]
    return number


def ended(house: Installation, number: str) -> bool:
    return bool(house.get(f"imports/{number}")["state"] == "done")
