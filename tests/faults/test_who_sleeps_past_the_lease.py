"""REL-50: who was stopped past the lease and woken again changes nothing of the second's work."""

import json
import os
import signal
import time
from typing import Any

from tests.faults.size import size
from tests.installation import Installation, shown, wait_for

ROWS = size(25_000, 100_000)
# Seconds a batch may take; all of them together are less than the lease.
PATIENCE = 5


def test_an_import_taken_over_is_not_touched_by_who_held_it(house, tmp_path):
    file = tmp_path / "people.csv"
    rows = "".join(f"s{number}@example.org,Annecy\n" for number in range(ROWS))
    file.write_text("Email,City\n" + rows)
    with file.open("rb") as content:
        number = house.post(
            "imports", None, files={"file": (file.name, content)},
            data={"options": json.dumps({"match": "email"})},
        )["id"]  # fmt: skip

    def progress() -> Any:
        return house.get(f"imports/{number}")

    wait_for(lambda: progress()["read"] > 0, progress)
    sleeper = put_to_sleep(house, progress)
    house.later(120)  # its lease is over
    found = wait_for(lambda: (p := progress())["state"] == "done" and p, progress)
    os.kill(sleeper, signal.SIGCONT)
    time.sleep(2)
    again = progress()
    counts = {key: again[key] for key in ("read", "created", "rejected", "state")}
    assert counts == {"read": ROWS, "created": ROWS, "rejected": 0, "state": "done"}, shown(again)
    assert again == found
    tree = {"all": [{"field": "city", "op": "is", "value": "Annecy"},
                    {"import": [number], "op": "added_by"}]}  # fmt: skip
    assert house.post("segments/count", {"filter": tree})["count"] == ROWS
    house.manage("check_invariants")


def put_to_sleep(house: Installation, progress: Any) -> int:
    """Stop the process that works on the import, and only that one."""
    _parent, *children = house.processes("relais-jobs")
    for pid in children:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(0.5)
    before = progress()["read"]
    assert before < ROWS, "The import ended too soon: give it more rows."
    for pid in children:
        os.kill(pid, signal.SIGCONT)
        if moves(progress, before):
            os.kill(pid, signal.SIGSTOP)
            for other in children:
                if other != pid:
                    os.kill(other, signal.SIGCONT)
            return pid
        os.kill(pid, signal.SIGSTOP)
    raise AssertionError(f"Nobody holds the import: {shown(progress())}")


def moves(progress: Any, before: int) -> bool:
    """Say whether the import gets on; a batch may take its time on a busy machine."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if progress()["read"] > before:
            return True
        time.sleep(0.1)
    return False
