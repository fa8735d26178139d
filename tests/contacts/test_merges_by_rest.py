"""`merges`: by hand over REST, with choices, with rights, again and again."""

import pytest

from accounts.models import AuditEntry
from contacts.models import Contact, Merge
from contacts.services.consent import Proof, give
from kernel import clock
from kernel.invariants import broken
from tests.contacts.merging import people
from tests.settle import settle

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def trio() -> list[int]:
    return people(
        {"email": "ana@x.example", "first_name": "Ana", "city": "Lyon"},
        {"email": "ana@old.example", "first_name": "Anna", "last_name": "Lima", "city": "Lyon"},
        {"mobile": "+33612345678", "first_name": "A.", "company": "Ondine"},
    )


def merge(api, winner, *losers, **more):
    body = {"winner": str(winner), "losers": [str(loser) for loser in losers], **more}
    return api.post(f"{API}/merges", body)


def test_several_become_one_with_the_values_that_were_chosen(api, trio, alice):
    winner, second, third = trio
    answer = merge(api, *trio, values={"first_name": str(second), "email": str(second)})
    assert answer.status_code == 200, answer.json()
    body = answer.json()
    shown = {k: body[k] for k in ("id", "first_name", "last_name", "email", "mobile", "company")}
    assert shown == {
        "id": str(winner),
        "first_name": "Anna",
        "last_name": "Lima",
        "email": "ana@old.example",
        "mobile": "+33612345678",
        "company": "Ondine",
    }
    listed = api.get(f"{API}/merges", {"contact": str(third), "sort": "at"}).json()["results"]
    assert [(row["loser"], row["user"], row["reason"]) for row in listed] == [
        (str(second), str(alice.pk), "api"),
        (str(third), str(alice.pk), "api"),
    ]
    assert listed[0]["taken"] == ["email", "first_name", "last_name"]
    assert listed[0]["lost"] == {"email": "ana@x.example", "first_name": "Ana"}
    assert listed[1]["lost"] == {"first_name": "A."}
    deed = AuditEntry.objects.get(verb="merge")
    assert (deed.kind, deed.object_id, deed.name) == ("contacts", winner, "")
    assert deed.after == {"losers": [str(second), str(third)]}
    settle()
    assert broken() == []


def test_asking_again_is_harmless(api, trio):
    assert merge(api, *trio).status_code == merge(api, *trio).status_code == 200
    assert Contact.objects.count() == 1
    assert Merge.objects.count() == AuditEntry.objects.filter(verb="merge").count() + 1 == 2


def test_a_preview_says_where_they_differ_and_what_moves(api, trio):
    winner, second, third = (str(number) for number in trio)
    asked = {"winner": winner, "losers": [second, third]}
    give([trio[1]], Proof("profiling", "granted", "form:1", clock.now()), clock.now())
    answer = api.post(f"{API}/merges/preview", asked)
    assert answer.status_code == 200
    differing = {row["field"]: row for row in answer.json()["differing"]}
    assert set(differing) == {"email", "first_name"}
    assert differing["first_name"]["values"] == {winner: "Ana", second: "Anna", third: "A."}
    assert differing["first_name"]["kept"] == winner
    assert answer.json()["moves"] == {"Events": 3}
    assert Contact.objects.count() == 3


def test_nonsense_is_refused_and_nothing_is_merged(api, trio):
    winner, second, _third = trio
    for losers, more, field in (
        ([], {}, "losers"),
        ([winner], {}, "losers"),
        ([second, 999_999], {}, "losers.1"),
        ([second], {"values": {"nonsense": str(second)}}, "values.nonsense"),
        ([second], {"values": {"mobile": str(second)}}, "values.mobile"),
        ([second], {"values": {"first_name": "x"}}, "values.first_name"),
        (list(range(1, 12)), {}, "losers"),
    ):
        answer = merge(api, winner, *losers, **more)
        assert answer.status_code == 400, (losers, more)
        assert answer.json()["errors"][0]["field"] == field, answer.json()
    assert Contact.objects.count() == 3


def test_who_reaches_own_contacts_merges_no_others_and_learns_nothing(api_dora, dora, trio):
    mine, also_mine, others = trio
    Contact.objects.filter(pk__in=[mine, also_mine]).update(owner=dora)
    for winner, loser in ((mine, others), (others, mine)):
        for path in ("merges", "merges/preview"):
            body = {"winner": str(winner), "losers": [str(loser)]}
            refused = api_dora.post(f"{API}/{path}", body)
            nobody = {"winner": str(winner), "losers": [str(loser)]} | (
                {"losers": ["999999"]} if loser == others else {"winner": "999999"}
            )
            assert refused.status_code == 400
            assert refused.json() == api_dora.post(f"{API}/{path}", nobody).json()
    assert merge(api_dora, mine, also_mine).status_code == 200
    assert Contact.objects.count() == 2


def test_who_may_only_look_may_not_merge(api_bob, api_charlie, trio):
    for caller in (api_bob, api_charlie):
        assert merge(caller, *trio).status_code == 403
    assert api_charlie.get(f"{API}/merges").status_code == 403
    assert api_bob.get(f"{API}/merges").json()["results"] == []


def test_what_belongs_to_a_merged_id_is_found_under_it(api, trio):
    winner, second, third = trio
    merge(api, *trio)
    body = {"purpose": "profiling", "state": "granted", "source": "form:1"}
    assert api.post(f"{API}/contacts/{second}/consents", body).status_code == 201
    proofs = api.get(f"{API}/contacts/{third}/consents").json()["results"]
    assert [proof["state"] for proof in proofs] == ["granted"]
    told = api.get(f"{API}/contacts/{second}/export").json()["contacts.own"]
    assert told["contact"]["id"] == str(winner)
    assert [one["id"] for one in told["merged"]] == [str(second), str(third)]
