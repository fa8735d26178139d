"""REL-06: a broadcast paused, everything restarted, resumed: each once, never done too soon."""

from collections import Counter
from uuid import uuid4

from tests.faults.size import size
from tests.installation import wait_for

PEOPLE, PAUSES = size(400, 10_000), size(1, 3)


def test_a_broadcast_survives_pauses_and_restarts(house, sink):
    city = f"Thônes {uuid4().hex[:6]}"
    addresses = {f"r{number}.{uuid4().hex[:6]}@example.org" for number in range(PEOPLE)}
    for batch in range(0, PEOPLE, 2_000):
        rows = [{"email": a, "city": city} for a in sorted(addresses)[batch : batch + 2_000]]
        house.post("contacts/bulk", {"match": "email", "mode": "create", "contacts": rows})
    tree = {"all": [{"field": "city", "op": "is", "value": city}]}
    segment = house.post("segments", {"name": city, "filter": tree})["id"]
    members = f"segments/{segment}"
    wait_for(lambda: house.get(members)["member_count"] == PEOPLE, lambda: house.get(members))
    message = house.post(
        "emails",
        {"name": city, "type": "segment", "kind": "marketing", "subject": "Bonjour",
         "from_name": "Brévent", "from_address": "news@example.org", "html": "<p>Oui</p>",
         "segments": [segment]},
    )["id"]  # fmt: skip
    run = house.post(f"emails/{message}/send", {})["id"]

    def got() -> Counter[str]:
        everybody = Counter(to for mail in sink.mails for to in mail.recipients)
        return Counter({to: times for to, times in everybody.items() if to in addresses})

    def on_the_way() -> int:
        open_ = [house.everything("deliveries", run=run, state=s) for s in ("queued", "claimed")]
        return sum(map(len, open_))

    for part in range(1, PAUSES + 1):
        wanted = part * PEOPLE // (PAUSES + 2)
        wait_for(lambda wanted=wanted: len(got()) >= wanted, lambda: len(got()))
        paused = house.post(f"sends/{run}/pause")
        assert paused["state"] == "paused" or not on_the_way()
        house.stop()
        before = len(got())
        house.start()
        assert house.get(f"sends/{run}")["state"] == "paused"
        assert len(got()) == before, "Paused, yet mails went out."
        # A quick machine may have sent all before the last pause.
        assert on_the_way() or part == PAUSES
        assert house.post(f"sends/{run}/resume")["state"] != "done"
    wait_for(lambda: house.get(f"sends/{run}")["state"] == "done", lambda: len(got()), 300)
    assert got() == Counter(dict.fromkeys(addresses, 1))
    states = Counter(row["state"] for row in house.everything("deliveries", run=run))
    assert states == {"sent": PEOPLE}
