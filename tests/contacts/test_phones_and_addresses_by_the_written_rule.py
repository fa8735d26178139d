"""The collections of addresses and phone numbers are taken or refused as docs/imports.md says."""

import csv
import json
import re
from typing import Any

import pytest
from rest_framework.test import APIClient

from contacts.values import ValueProblem, addresses, phones
from tests.contacts.imports.sending import counts, take
from tests.shared_data import shared

# Valid in the RFC, and nowhere a mailbox: one label, a top-level domain of one letter, a last dot.
NOWHERE = re.compile(r"@[^.]+$|\.[a-z]?$")
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])")


def taken(check: Any, value: str) -> str | None:
    try:
        return str(check(value))
    except ValueProblem:
        return None


def test_every_address_of_the_collection_is_taken_or_refused_by_the_written_rule():
    known = json.loads(shared("addresses", "isemail_tests.json").read_text())
    plain = {"ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN"}
    sound = {one["address"] for one in known if one["category"] in plain}
    sound = {one for one in sound if not NOWHERE.search(one)}
    assert len(known) == 164
    for one in known:
        # Blanks and line ends around an address are the file's, not the address's.
        bare = one["address"].strip()
        assert (taken(addresses.email, one["address"]) is not None) is (bare in sound), one


def test_domains_in_other_alphabets_become_what_the_standard_says():
    known = json.loads(shared("addresses", "idn_toascii.json").read_text())
    for one in known:
        output = one.get("output")
        wanted = output if output and HOST.fullmatch(output) else None
        assert taken(addresses.domain, one["input"]) == wanted, one


def numbers() -> list[dict[str, str]]:
    with shared("phones", "example_numbers.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_918_numbers_become_their_e164():
    known = numbers()
    assert len(known) == 918
    for one in known:
        if one["validity"] == "valid":
            assert phones.phone(one["international"]) == one["international"], one
            assert phones.international(one["international"]) == one["e164"], one
            assert phones.international(one["national"], one["region"]) == one["e164"], one


def test_a_number_that_nobody_can_have_costs_no_person():
    for one in numbers():
        for written in (one["international"], one["national"]):
            assert taken(phones.phone, written) == written, one


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+33 (0)1 23 45 67 89", True),
        ("+33 1 23 45 67 89 ext. 12", True),
        ("+44 020 7946 0958", True),
        ("+1 800 FLOWERS", True),
        ("+453 3331 9991", True),
        ("+ 12", False),
        ("1" * 21, False),
        ("call me", False),
        ("12 or 34 56", True),
        ("01 23 45 67 89", True),
        ("12345", True),
    ],
)
def test_numbers_as_people_write_them(written: str, kept: bool):
    assert taken(phones.phone, written) == (written if kept else None)


@pytest.mark.django_db
def test_a_file_says_which_number_cannot_be(api: APIClient):
    file = "Email,Phone\na@example.com,after six\nb@example.com,+33 1 23 45 67 89\n"
    done = take(api, file)
    assert counts(done) == (2, 1, 0, 0, 1)
    rejects = b"".join(api.get(f"/api/v1/imports/{done['id']}/rejects").streaming_content)
    assert b"Phone: This is not a phone number." in rejects
