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

ROWS = 20_000
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
            address = f"client{number}@example.org"
            cart = f"{chance.randint(0, 999)},{chance.randint(0, 99):02}"
            out.write(f"{name};N°{number};{address};{number:05};Épinal;{country};{plan};{cart}\r\n")
            if country == "France" and plan == "pro":
                wanted.add(address)
    return wanted


def prepare(installation: Installation) -> dict[str, str]:
    call = installation.post
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
    return {"segment": segment, "campaign": campaign}


def bring_in(installation: Installation, file: Path) -> str:
    mapping = {"Formule": "plan", "Panier": "cart"}
    with file.open("rb") as content:
        started = installation.post(
            "imports", None, files={"file": (file.name, content)},
            data={"options": json.dumps({"match": "email", "mapping": mapping})},
        )  # fmt: skip
    return str(started["id"])


def test_a_large_import_sets_a_campaign_going_whatever_dies(installation, sink, tmp_path):
    wanted = write_rows(tmp_path / "clients.csv")
    scene = prepare(installation)
    number = bring_in(installation, tmp_path / "clients.csv")

    def progress() -> Any:
        return installation.get(f"imports/{number}")

    wait_for(lambda: progress()["read"] > 2_000, progress)
    assert installation.kill("relais-jobs")
    installation.manage("clock", "+1m")  # the lease of the dead is over
    found = wait_for(lambda: (p := progress())["state"] == "done" and p, progress, 180)
    counts = {key: found[key] for key in ("read", "created", "rejected")}
    assert counts == {"read": ROWS, "created": ROWS, "rejected": 0}, shown(found)

    for name in KILLS:
        before = len(sink.mails)
        wait_for(lambda before=before: len(sink.mails) > before + 50, lambda: len(sink.mails), 120)
        installation.kill(name)
        installation.broker().flushall()
    installation.manage("clock", "+5m")  # and so is the doubt about what they had in hand

    def all_done() -> bool:
        nodes = installation.get(f"campaigns/{scene['campaign']}/statistics")["nodes"]
        open_ = [
            row for state in ("queued", "claimed", "sending")
            for row in installation.get("deliveries", state=state, limit=1)["results"]
        ]  # fmt: skip
        return nodes["mail"]["done"] == len(wanted) and not open_

    wait_for(all_done, lambda: len(sink.mails), 240)
    at_sink = Counter(mail.recipients[0] for mail in sink.mails)
    assert max(at_sink.values()) == 1
    sent = installation.everything("deliveries", state="sent")
    uncertain = installation.everything("deliveries", state="uncertain")
    assert len(sent) + len(uncertain) == len(wanted)
    assert set(at_sink) <= wanted
    assert len(wanted) - len(at_sink) <= len(uncertain) <= 2 * 25 * KILLS.count("relais-sender")
    mail = email.message_from_bytes(sink.mails[0].raw, policy=email.policy.default)
    assert mail["Subject"].endswith(", une offre")
    assert mail["Subject"].split(",")[0] in {*FIRST_NAMES, "?ukasz"}
    installation.manage("check_invariants")
