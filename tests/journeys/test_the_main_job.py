"""The main job on real files: import, segment, campaign, mail, open and click, branch.

One test, since each step goes on from where the last one left people.
"""

import email
import email.policy
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.installation import Installation, links, shown, wait_for
from tests.shared_data import shared

MAPPING = {
    "FirstName": "first_name",
    "LastName": "last_name",
    "Company": "company",
    "Address": "address",
    "City": "city",
    "State": "region",
    "Country": "country",
    "PostalCode": "postcode",
    "Phone": "phone",
    "Email": "email",
    "SupportRepId": "support_rep",
}
SUBJECT = "Bonjour {{ contact.first_name|default('vous') }}, une nouvelle de {{ contact.city }}"
WELCOME = """<mjml><mj-body><mj-section><mj-column>
<mj-text>Cher {{ contact.first_name }} {{ contact.last_name }} de {{ contact.city }}</mj-text>
<mj-button href="https://shop.example/offer?r={{ contact.support_rep }}">Voir</mj-button>
</mj-column></mj-section></mj-body></mjml>"""


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """The same 59 customers in four dialects."""
    return sorted(shared("csv", "customers").glob("*.csv"))


@pytest.fixture(scope="module")
def scene(files: list[Path], installation: Installation, sink: Any) -> dict[str, Any]:
    """The campaign waits, published, before anybody is there."""
    call = installation.post
    call("fields", {"object": "contact", "label": "Support rep", "alias": "support_rep",
                    "type": "number"})  # fmt: skip
    tree = {"all": [{"field": "country", "op": "in", "value": ["BR", "CA", "FR"]},
                    {"field": "support_rep", "op": "gte", "value": 4}]}  # fmt: skip
    segment = call("segments", {"name": "Clients du Sud", "filter": tree})
    message = {"type": "template", "kind": "marketing", "from_name": "Maison Brévent",
               "from_address": "news@example.org"}  # fmt: skip
    first = call("emails", {**message, "name": "Bienvenue", "subject": SUBJECT, "mjml": WELCOME})
    second = call(
        "emails",
        {
            **message,
            "name": "Rappel",
            "subject": "Rappel pour {{ contact.first_name }}",
            "html": "<p>Encore nous, {{ contact.first_name }}.</p>",
        },
    )
    graph = {
        "nodes": [
            {"id": "mail", "kind": "action", "key": "emails.send", "config": {"email": first["id"]},
             "position": {"x": 0, "y": 0}},
            {"id": "opened", "kind": "decision", "key": "emails.opened",
             "config": {"email": first["id"], "within": "1h"}, "position": {"x": 0, "y": 100}},
            {"id": "tag", "kind": "action", "key": "tags.change", "config": {"add": ["engaged"]},
             "position": {"x": -100, "y": 200}},
            {"id": "again", "kind": "action", "key": "emails.send",
             "config": {"email": second["id"]}, "position": {"x": 100, "y": 200}},
        ],
        "edges": [
            {"from": "start", "to": "mail", "branch": "next"},
            {"from": "mail", "to": "opened", "branch": "next"},
            {"from": "opened", "to": "tag", "branch": "yes"},
            {"from": "opened", "to": "again", "branch": "no"},
        ],
    }  # fmt: skip
    campaign = call(
        "campaigns",
        {"name": "Accueil", "sources": [{"segment": segment["id"]}], "reentry": "once",
         "graph": graph},
    )  # fmt: skip
    call(f"campaigns/{campaign['id']}/publish")
    return {"segment": segment["id"], "first": first["id"], "second": second["id"],
            "campaign": campaign["id"]}  # fmt: skip


def bring_in(installation: Installation, file: Path) -> dict[str, Any]:
    options = {"object": "contact", "mapping": MAPPING, "match": "email", "mode": "upsert"}
    with file.open("rb") as content:
        started = installation.post(
            "imports", None, files={"file": (file.name, content)},
            data={"options": json.dumps(options)},
        )  # fmt: skip

    def done() -> Any:
        found = installation.get(f"imports/{started['id']}")
        return found if found["state"] in {"done", "failed"} else None

    return wait_for(done)


def parsed(message: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(message, policy=email.policy.default)


def body(message: bytes, kind: str = "html") -> str:
    return parsed(message).get_body((kind,)).get_content()


def every_dialect_arrives_whole(installation, scene, files):
    rows = {"chinook_customers_latin1_semicolon.csv": 57}
    for number, file in enumerate(files):
        found = bring_in(installation, file)
        assert found["state"] == "done", shown(found)
        assert found["read"] == rows.get(file.name, 59), shown(found)
        assert found["rejected"] == 0, installation.client.get(
            f"imports/{found['id']}/rejects"
        ).text
        if number == 0:
            assert found["created"] == found["read"]
    everybody = installation.everything("contacts")
    assert len(everybody) == 59
    luis = next(c for c in everybody if c["email"] == "luisg@embraer.com.br")
    assert (luis["first_name"], luis["city"], luis["country"]) == (
        "Luís",
        "São José dos Campos",
        "BR",
    )


def the_segment_follows_and_the_campaign_mails_its_members(installation, scene, sink):
    everybody = installation.everything("contacts")
    right = {
        c["email"] for c in everybody
        if c["country"] in {"BR", "CA", "FR"} and c["support_rep"] >= 4
    }  # fmt: skip
    assert len(right) > 5

    def members() -> set[str]:
        return {
            c["email"] for c in installation.everything(f"segments/{scene['segment']}/contacts")
        }

    wait_for(lambda: members() == right, lambda: sorted(members() ^ right))
    wait_for(lambda: len(sink.mails) >= len(right), lambda: len(sink.mails))
    assert sorted(m.recipients[0] for m in sink.mails) == sorted(right)
    by_email = {c["email"]: c for c in everybody}
    for message in sink.mails:
        contact = by_email[message.recipients[0]]
        assert contact["first_name"] in parsed(message.raw)["Subject"]
        assert contact["city"] in parsed(message.raw)["Subject"]
        assert f"Cher {contact['first_name']} {contact['last_name']}" in body(message.raw)
        assert "{{" not in body(message.raw)
        assert contact["last_name"] in body(message.raw, "plain")
        assert parsed(message.raw)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def an_open_takes_the_yes_path_within_seconds(installation, scene, sink):
    opener = sink.mails[0]
    pixel = next(
        part.split('"')[0] for part in body(opener.raw).split('src="')[1:]
        if part.startswith(installation.address)
    )  # fmt: skip
    assert httpx.get(pixel, headers={"User-Agent": "Mozilla/5.0 (X11; Linux)"}).status_code == 200

    def tagged() -> bool:
        found = installation.get("contacts", email=opener.recipients[0])["results"]
        return found[0]["tags"] == ["engaged"]

    wait_for(tagged)
    [opened] = installation.get("events", type="emails.opened")["results"]
    assert opened["subject"] == {"type": "email", "id": scene["first"], "name": "Bienvenue"}
    assert opened["verdict"] in {"human", "likely"}


def a_click_leads_where_it_should_and_is_counted(installation, scene, sink):
    clicker = sink.mails[1]
    tracked = next(
        link for link in links(body(clicker.raw))
        if link.startswith(installation.address) and "unsub" not in link
    )  # fmt: skip
    answer = httpx.get(tracked, headers={"User-Agent": "Mozilla/5.0 (X11; Linux)"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("https://shop.example/offer?r=")
    # One that looks suspicious waits ten seconds.
    wait_for(lambda: installation.get("events", type="emails.clicked")["results"])


def the_others_take_the_no_path_after_an_hour(installation, scene, sink):
    first = len(sink.mails)
    installation.manage("clock", "+2h")
    expected = first - 1
    wait_for(lambda: len(sink.mails) >= first + expected, lambda: len(sink.mails))
    reminders = sink.mails[first:]
    assert len({m.recipients[0] for m in reminders}) == len(reminders) == expected
    assert sink.mails[0].recipients[0] not in {m.recipients[0] for m in reminders}


def statistics_ledger_and_events_agree_with_the_sink(installation, scene, sink):
    def settled() -> Any:
        nodes = installation.get(f"campaigns/{scene['campaign']}/statistics")["nodes"]
        return nodes if nodes["again"]["done"] == len(sink.mails) - nodes["mail"]["done"] else None

    nodes = wait_for(settled)
    sent = installation.everything("deliveries", state="sent")
    assert len(sent) == len(sink.mails)
    assert {row["message_id"].strip("<>") for row in sent} == {
        parsed(m.raw)["Message-ID"].strip("<>") for m in sink.mails
    }
    assert len(installation.everything("events", type="emails.sent")) == len(sink.mails)
    assert (nodes["opened"]["yes"], nodes["tag"]["done"]) == (1, 1)
    assert nodes["opened"]["no"] == nodes["again"]["done"]
    assert nodes["mail"]["waiting"] == nodes["opened"]["waiting"] == 0
    assert "Every promise holds" in installation.manage("check_invariants")


def test_a_file_becomes_a_moving_campaign(installation, scene, files, sink):
    every_dialect_arrives_whole(installation, scene, files)
    the_segment_follows_and_the_campaign_mails_its_members(installation, scene, sink)
    an_open_takes_the_yes_path_within_seconds(installation, scene, sink)
    a_click_leads_where_it_should_and_is_counted(installation, scene, sink)
    the_others_take_the_no_path_after_an_hour(installation, scene, sink)
    statistics_ledger_and_events_agree_with_the_sink(installation, scene, sink)
