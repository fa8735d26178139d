"""A large import sets a campaign going; processes are killed and the broker emptied meanwhile.

REL-01, REL-46: nobody is mailed twice, nobody is lost, and Redis holds only hints.
"""

import email
import email.policy
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

from tests.installation import Installation, shown, wait_for

ROWS, WHO = 20_000, "client"
FIRST_NAMES = ["Zoé", "Jérôme", "Anaïs", "Łukasz", "Chloë", "Françoise", "Øyvind", "Noël"]
KILLS = ["relais-sender", "relais-worker", "relais-dispatche", "relais-sender", "relais-worker"]


def write_rows(file: Path) -> set[str]:
    """Write a French spreadsheet export; return the addresses that the segment will hold."""
    chance, wanted = random.Random(7), set()
    with file.open("w", encoding="cp1252", errors="replace", newline="") as out:
        out.write("Prénom;Nom;E-mail;Code postal;Ville;Pays;Formule;Panier\r\n")
        for number in range(ROWS):
            name = chance.choice(FIRST_NAMES)
            country = chance.choice(["France", "Allemagne", "Belgique", "Suisse", "Pologne"])
            plan = chance.choice(["pro", "libre"])
            address = f"{WHO}{number}@example.org"
            cart = f"{chance.randint(0, 999)},{chance.randint(0, 99):02}"
            out.write(f"{name};N°{number};{address};{number:05};Épinal;{country};{plan};{cart}\r\n")
            if country == "France" and plan == "pro":
                wanted.add(address)
    return wanted


def prepare(house: Installation) -> dict[str, str]:
    call = house.post
    call("fields", {"object": "contact", "label": "Formule", "alias": "plan", "type": "select",
                    "options": ["pro", "libre"]})  # fmt: skip
    call("fields", {"object": "contact", "label": "Panier", "alias": "cart", "type": "number",
                    "decimals": 2})  # fmt: skip
    tree = {"all": [{"field": "country", "op": "is", "value": "FR"},
                    {"field": "plan", "op": "is", "value": "pro"}]}  # fmt: skip
    segment = call("segments", {"name": "Pros de France", "filter": tree})["id"]
    message = call(
        "emails",
        {"name": "Offre", "type": "template", "kind": "marketing", "from_name": "Brévent",
         "from_address": "news@example.org", "subject": "{{ contact.first_name }}, une offre",
         "html": "<p>{{ contact.last_name }}, panier {{ contact.cart|number(2) }}"
                 " <a href='https://shop.example/o'>Voir</a></p>"},
    )["id"]  # fmt: skip
    graph = {
        "nodes": [{"id": "mail", "kind": "action", "key": "emails.send",
                   "config": {"email": message}, "position": {"x": 0, "y": 0}}],
        "edges": [{"from": "start", "to": "mail", "branch": "next"}],
    }  # fmt: skip
    campaign = call("campaigns", {"name": "Offre", "sources": [{"segment": segment}],
                                  "reentry": "once", "graph": graph})["id"]  # fmt: skip
    call(f"campaigns/{campaign}/publish")
    return {"message": message, "campaign": campaign}


def bring_in(house: Installation, file: Path) -> str:
    mapping = {"Formule": "plan", "Panier": "cart"}
    with file.open("rb") as content:
        started = house.post(
            "imports", None, files={"file": (file.name, content)},
            data={"options": json.dumps({"match": "email", "mapping": mapping})},
        )  # fmt: skip
    return str(started["id"])


def test_a_large_import_sets_a_campaign_going_whatever_dies(house, sink, tmp_path):
    wanted = write_rows(tmp_path / "clients.csv")
    scene = prepare(house)
    of_it = {"email": scene["message"]}
    number = bring_in(house, tmp_path / "clients.csv")

    def progress() -> Any:
        return house.get(f"imports/{number}")

    wait_for(lambda: progress()["read"] > 2_000, progress)
    assert house.kill("relais-jobs")
    house.later(60)  # the lease of the dead is over
    found = wait_for(lambda: (p := progress())["state"] == "done" and p, progress, 180)
    counts = {key: found[key] for key in ("read", "created", "rejected")}
    assert counts == {"read": ROWS, "created": ROWS, "rejected": 0}, shown(found)

    for name in KILLS:
        before = len(sink.mails)
        wait_for(lambda before=before: len(sink.mails) > before + 50, lambda: len(sink.mails), 120)
        house.kill(name)
        house.broker().flushall()
    # So is the doubt about what they had in hand; who is at work now is held for dead, too.
    house.later(5 * 60)

    def all_done() -> bool:
        nodes = house.get(f"campaigns/{scene['campaign']}/statistics")["nodes"]
        open_ = [
            row for state in ("queued", "claimed", "sending")
            for row in house.get("deliveries", **of_it, state=state, limit=1)["results"]
        ]  # fmt: skip
        return nodes["mail"]["done"] == len(wanted) and not open_

    wait_for(all_done, lambda: len(sink.mails), 240)
    mails = [mail for mail in sink.mails if mail.recipients[0].startswith(WHO)]
    judge(mails, wanted)
    sent = house.everything("deliveries", **of_it, state="sent")
    uncertain = house.everything("deliveries", **of_it, state="uncertain")
    assert len(sent) + len(uncertain) == len(wanted)
    in_hand = 2 * 25 * (KILLS.count("relais-sender") + 1)
    assert len(wanted) - len(mails) <= len(uncertain) <= in_hand
    house.manage("check_invariants")


def judge(mails: list[Any], wanted: set[str]) -> None:
    """Nobody got two, nobody was mailed who should not be, and the words are the file's."""
    at_sink = Counter(mail.recipients[0] for mail in mails)
    assert max(at_sink.values()) == 1
    assert set(at_sink) <= wanted
    mail = email.message_from_bytes(mails[0].raw, policy=email.policy.default)
    assert mail["Subject"].endswith(", une offre")
    assert mail["Subject"].split(",")[0] in {*FIRST_NAMES, "?ukasz"}
