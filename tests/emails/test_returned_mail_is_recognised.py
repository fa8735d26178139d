"""REL-44: bounces, complaints and automatic replies of real servers are told apart.

The sample lies beside the tests; the whole set is read where the shared test material is.
"""

import csv
from pathlib import Path

import pytest

from emails.returned.causes import HARD, cause_of
from emails.returned.reading import Kind, read
from emails.returned.structure import LONGEST, parse
from tests.shared_data import shared

SAMPLE = Path(__file__).parent.parent / "data" / "bounces"
# What the tables call otherwise, and what a mail is that is no bounce.
CALLED = {"authentication_report": "report", "delivered": "report", "none": "reply"}


def expected(table: Path) -> list[dict[str, str]]:
    with table.open() as file:
        return list(csv.DictReader(file))


def found(raw: bytes, recipient: str) -> str:
    reading = read(raw)
    named = [one.kind for one in reading.reports if one.address == recipient.lower()]
    alone = [reading.reports[0].kind] if len(reading.reports) == 1 else []
    return str(next(iter([*named, *alone, reading.kind])))


@pytest.mark.parametrize("row", expected(SAMPLE / "expected.csv"), ids=lambda row: row["file"])
def test_the_sample_is_told_apart(row: dict[str, str]):
    raw = (SAMPLE / row["file"]).read_bytes()
    assert found(raw, row["recipient"]) == CALLED.get(row["class"], row["class"])


def test_of_the_whole_set_97_in_100_are_what_the_tables_say():
    whole = shared("bounces")
    right, wrong, harmful = 0, [], []
    folders = (
        *(("sisimai", "sisimai"), ("line-endings/dos", "sisimai"), ("line-endings/mac", "sisimai")),
        ("auto-replies", "auto-replies"),
    )
    for folder, table in folders:
        for row in expected(whole / table / "expected.csv"):
            path = whole / folder / row["file"]
            if not path.exists():
                continue
            wanted = CALLED.get(row["class"], row["class"])
            came = found(path.read_bytes(), row.get("recipient", ""))
            if came == wanted:
                right += 1
                continue
            wrong.append(f"{folder}/{row['file']}: {came}, not {wanted}")
            if wanted in ("auto_reply", "report") or row["reason"] in ("blocked", "spamdetected"):
                harmful.append(wrong[-1])
    assert not harmful
    assert right + len(wrong) == 336
    assert len(wrong) <= 0.03 * right, "\n".join(wrong)


def test_a_mail_of_a_person_is_no_bounce_though_its_subject_may_be_anything():
    whole = shared("bounces")
    for row in expected(whole / "not-bounces" / "expected.csv"):
        reading = read((whole / "not-bounces" / row["file"]).read_bytes())
        assert reading.kind in (Kind.REPLY, Kind.AUTO_REPLY), row["file"]


@pytest.mark.parametrize("subject", ["Undeliverable: lunch", "Delivery failed again, my dear"])
def test_people_write_of_bounces_too(subject: str):
    raw = f"From: Zoe <zoe@example.com>\nSubject: {subject}\n\nMailbox full? User unknown!\n"
    assert read(raw.encode()).kind is Kind.REPLY


# Of people: what they write, and what they quote, is about deliveries, too.
ANSWERS = {
    "moved": (
        "Re: Delivery notification for order 123",
        "the delivery has not arrived. Please send it to my new address",
    ),
    "parcel": (
        "Re: Your delivery failed - pick a new slot",
        "my parcel was not delivered. That address does not exist any more",
    ),
    "quoted": (
        "Re: Votre commande: impossible de livrer",
        "Merci\n\n> could not be delivered: no such recipient, 550 5.1.1 user unknown",
    ),
    "with a bounce": (
        "Fwd: failure notice",
        "FYI, delivery failed: 550 5.1.1 <zac@example.net> user unknown",
    ),
}


@pytest.mark.parametrize(
    "sender", ["Alice <alice@example.com>", "Bounce Fitness <info@bouncefitness.example>"]
)
@pytest.mark.parametrize("name", ANSWERS)
def test_what_a_person_answers_is_never_a_bounce(name: str, sender: str):
    subject, text = ANSWERS[name]
    raw = f"Return-Path: <alice@example.com>\nFrom: {sender}\nSubject: {subject}\n"
    raw += f"In-Reply-To: <1@example.com>\n\n{text}\n"
    assert read(raw.encode()).kind is Kind.REPLY


def test_a_bounce_that_a_person_forwards_is_their_mail():
    bounce = (SAMPLE / "lhost-postfix-03.eml").read_bytes()
    head = b"From: Zoe <zoe@example.com>\nSubject: Look\nMIME-Version: 1.0\n"
    head += b'Content-Type: multipart/mixed; boundary="zz"\n\n--zz\n\nLook at this.\n'
    raw = head + b"--zz\nContent-Type: message/rfc822\n\n" + bounce + b"\n--zz--\n"
    assert read(raw).kind is Kind.REPLY


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied",
        "X-Autoreply: yes",
        "Precedence: auto_reply",
        "Subject: Réponse automatique : absence",
        "Subject: =?utf-8?q?Abwesenheitsnotiz?=",
        "Subject: Out of office",
        "Subject: Please confirm your message",
    ],
)
def test_answers_of_programs_are_no_replies(head: str):
    raw = f"From: Zoe <zoe@example.com>\n{head}\n\nUser unknown? I am away.\n"
    assert read(raw.encode()).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-generated",
        "Return-Path: <>",
        "List-Id: <x.example>",
        "Precedence: bulk",
    ],
)
def test_what_no_person_sent_is_no_reply(head: str):
    raw = f"From: Zoe <zoe@example.com>\n{head}\nSubject: Hello\n\nNews\n"
    assert read(raw.encode()).kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    ("words", "status", "hard"),
    [
        ("550 5.1.1 <a@x.example>... User unknown", "5.1.1", True),
        (
            "550 5.7.1 Service unavailable; client host [192.0.2.1] blocked using zen.spamhaus.org",
            "",
            False,
        ),
        ("450 4.7.1 Greylisted, please try again", "4.7.1", False),
        ("552 5.2.2 Mailbox full", "5.2.2", False),
        ("550 5.1.1 The mailbox is disabled for this user", "5.1.1", False),
        ("550 5.7.26 unauthenticated email from x.example is not accepted, DMARC", "", False),
        ("Host or domain name not found. Name service error for name=x.example", "5.4.4", True),
        ("556 5.1.10 Recipient address has null MX", "5.1.10", True),
        ("", "5.0.0", False),
    ],
)
def test_only_words_about_the_address_are_hard(words: str, status: str, hard: bool):
    assert (cause_of(words, status) in HARD) is hard


NASTY = {
    "nested": b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(4_000)
    ),
    "boundaries": b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\n" * 200_000,
    "messages": b"Content-Type: message/rfc822\n\n" * 20_000,
    "one header": b"Subject: " + b"=?utf-8?q?" * 100_000 + b"\n\nx",
    "folded": b"Subject: x\n" + b" y\n" * 300_000,
    "dashes": b"From: mailer-daemon@x\nSubject: failure notice\n\n" + b"-" * 600_000,
    "spaces": b"From: mailer-daemon@x\nSubject: failure notice\n\n" + b" \t" * 300_000,
    "angles": b"From: mailer-daemon@x\nSubject: failure notice\nContent-Type: text/html\n\n"
    + b"<style" * 100_000,
    "nothing": b"",
    "noughts": b"\0" * 100_000,
    "base64": b"Content-Transfer-Encoding: base64\n\n" + b"A" * 599_999,
}


@pytest.mark.parametrize("name", NASTY)
def test_hostile_mail_is_read_all_the_same(name: str):
    raw = NASTY[name]
    assert read(raw).kind in Kind
    message = parse(raw)
    assert len(message.parts) <= 60
    assert sum(len(part.text) for part in message.parts) <= LONGEST
