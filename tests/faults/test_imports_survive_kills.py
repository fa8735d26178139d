"""REL-35, REL-36: two files that overlap come in at once while whoever imports is killed."""

import csv
import io
import json
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.faults.size import size
from tests.installation import Installation, shown, wait_for

ROWS, KILLS = size(12_000, 200_000), size(3, 10)
# At full size nobody moves the clock: an import goes on by itself within two minutes.
AHEAD, PATIENCE = size(31, 0), 120
MEGABYTES = 300
WORKERS = "relais-jobs"
# One row in so many has no address that anybody could write to; as many come twice.
STEP = 100


class File:
    """Rows about people of a range of numbers, some refused, some repeated."""

    def __init__(self, mark: str, city: str, first: int) -> None:
        self.mark, self.city, self.first = mark, city, first

    def write(self, folder: Path) -> Path:
        path = folder / f"{self.city}.csv"
        path.write_text("Email,City\n" + "".join(f"{row},{self.city}\n" for row in self._rows()))
        return path

    def _rows(self) -> Iterator[str]:
        for place in range(ROWS):
            number = self.first + place - (place % STEP == 9)
            yield "nobody" if place % STEP == 7 else f"{self.mark}{number}@example.org"

    def people(self) -> set[str]:
        return {row for row in self._rows() if row != "nobody"}


class Under:
    """An import under way."""

    def __init__(self, house: Installation, path: Path) -> None:
        self.house = house
        with path.open("rb") as content:
            files = {"file": (path.name, content)}
            words = {"options": json.dumps({"match": "email"})}
            self.number = house.post("imports", None, files=files, data=words)["id"]

    def now(self) -> Any:
        return self.house.get(f"imports/{self.number}")

    def refused(self) -> list[dict[str, str]]:
        answer = self.house.client.get(f"imports/{self.number}/rejects")
        assert answer.is_success
        return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


@pytest.mark.long
def test_overlapping_files_are_each_taken_in_whole_whoever_is_killed(house, tmp_path):
    mark = f"k{uuid4().hex[:8]}."
    files = [File(mark, "Argentière", 0), File(mark, "Vallorcine", ROWS // 2)]
    imports = [Under(house, file.write(tmp_path)) for file in files]
    drawn, most = random.Random(KILLS), 0.0
    for kill in range(KILLS):
        get_on(imports, (kill + 1) * ROWS // (KILLS + 2))
        time.sleep(drawn.random())
        most = max(most, memory(house))
        assert any(one.now()["state"] != "done" for one in imports), "Too few rows for the kills."
        wait_for(lambda: house.kill(WORKERS))
        house.later(AHEAD)
    for one in imports:
        wait_for(lambda one=one: one.now()["state"] == "done", one.now, 10 * PATIENCE)
    assert max(most, memory(house)) < MEGABYTES
    told = [one.now() for one in imports]
    for ended, one in zip(told, imports, strict=True):
        assert (ended["read"], ended["rejected"]) == (ROWS, ROWS // STEP), shown(ended)
        parts = sum(ended[name] for name in ("created", "updated", "unchanged", "rejected"))
        assert parts == ROWS, shown(ended)
        reasons = [row for row in one.refused() if "nobody" in row.values()]
        assert len(reasons) == ROWS // STEP
    everybody = files[0].people() | files[1].people()
    assert sum(ended["created"] for ended in told) == len(everybody)
    found = people(house, [one.number for one in imports])
    assert len(found) == len(everybody)
    cities = dict(found)
    assert set(cities) == everybody
    alone = files[0].people() - files[1].people(), files[1].people() - files[0].people()
    for file, own in zip(files, alone, strict=True):
        assert {cities[address] for address in own} == {file.city}
    assert set(cities.values()) == {file.city for file in files}
    house.manage("check_invariants")


def get_on(imports: list[Under], wanted: int) -> None:
    """Wait until one of them has read so much, or both have ended."""

    def far() -> bool:
        rows = [one.now() for one in imports]
        return max(row["read"] for row in rows) >= wanted

    wait_for(far, lambda: [one.now() for one in imports], PATIENCE)


def memory(house: Installation) -> float:
    """Return the most memory that one of those who import has held, in megabytes."""
    found = [0]
    for pid in house.processes(WORKERS):
        with suppress(FileNotFoundError):
            lines = (Path("/proc") / str(pid) / "status").read_text().splitlines()
            found += [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
    return max(found) / 1024


def people(house: Installation, imports: list[str]) -> list[tuple[str, str]]:
    """Return address and city of everybody either import knows."""
    found, cursor = list[tuple[str, str]](), None
    tree = {"all": [{"import": imports, "op": "in"}]}
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = house.post("contacts/search", {"filter": tree, "limit": 1000, **more})
        found += [(contact["email"], contact["city"]) for contact in page["results"]]
        if not (cursor := page["next"]):
            return found
