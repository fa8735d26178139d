"""Merging by hand on screen: found by words, side by side, one value a field."""

import pytest
from django.test import Client

from accounts.models import AuditEntry
from contacts.models import Contact, Merge
from contacts.services.merge import merge
from kernel import clock
from tests.contacts.merging import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def trio() -> list[int]:
    return people(
        {"email": "ana@x.example", "first_name": "Ana", "last_name": "Lima", "city": "Lyon"},
        {"email": "ana@old.example", "first_name": "Anna", "last_name": "Lima", "city": "Nice"},
        {"email": "bo@x.example", "first_name": "Bo", "last_name": "Lima"},
    )


@pytest.fixture
def client(alice) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def show(client: Client, *contacts: int, **more: str):
    return client.get("/contacts/merge", {"ids": ",".join(map(str, contacts)), **more})


def test_the_other_one_is_found_by_words(client, trio):
    page = show(client, trio[0], q="lima").content.decode()
    assert f"?ids={trio[0]},{trio[1]}" in page
    assert f"?ids={trio[0]},{trio[0]}" not in page
    part = client.get(
        "/contacts/merge", {"ids": trio[0], "q": "anna"}, headers={"HX-Target": "found"}
    ).content.decode()
    assert "ana@old.example" in part
    assert "bo@x.example" not in part
    assert "<html" not in part


def test_side_by_side_one_value_a_field_is_chosen_and_stays(client, trio, alice):
    winner, loser, _other = trio
    page = show(client, winner, loser).content.decode()
    assert page.count('type="radio"') == 6
    assert f'name="keep-city" value="{winner}" checked' in page
    assert 'name="keep-last_name"' not in page
    assert "Events: 1" in page
    sent = {"ids": f"{winner},{loser}", "keep-city": loser, "keep-email": winner}
    answer = client.post("/contacts/merge", sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/contacts/{winner}")
    person = Contact.objects.get(pk=winner)
    assert (person.city, person.email, person.first_name) == ("Nice", "ana@x.example", "Ana")
    row = Merge.objects.get()
    assert (row.loser_id, row.user_id, row.reason) == (loser, alice.pk, "hand")
    deed = AuditEntry.objects.get(verb="merge")
    assert (deed.object_id, deed.after, deed.name) == (winner, {"losers": [str(loser)]}, "")


def test_the_timeline_says_who_became_part_of_the_contact(client, trio):
    merge(trio[0], trio[1], clock.now())
    lines = client.get(f"/contacts/{trio[0]}/timeline").content.decode()
    assert f"Anna Lima (number {trio[1]})" in lines


def test_the_old_address_leads_to_the_contact_that_stayed(client, trio, dora):
    merge(trio[0], trio[1], clock.now())
    answer = client.get(f"/contacts/{trio[1]}?tab=consent")
    assert (answer.status_code, answer["Location"]) == (302, f"/contacts/{trio[0]}")
    client.force_login(dora)
    assert client.get(f"/contacts/{trio[1]}").status_code == 404


def test_who_comes_back_after_a_merge_is_told_and_led_on(client, trio):
    winner, loser, other = trio
    client.post("/contacts/merge", {"ids": f"{winner},{loser}"})
    client.get(f"/contacts/{winner}")
    told = "These contacts were merged before"
    back = client.get("/contacts/merge", {"ids": f"{winner},{loser}"}, follow=True)
    assert back.redirect_chain == [(f"/contacts/{winner}", 302)]
    assert told in back.content.decode()
    again = client.post("/contacts/merge", {"ids": f"{winner},{loser}"}, follow=True)
    assert again.redirect_chain == back.redirect_chain
    assert told in again.content.decode()
    assert show(client, loser)["Location"] == f"/contacts/{winner}"
    gone = client.get(f"/contacts/{loser}", follow=True).content.decode()
    assert "this is the one that stayed" in gone
    # To ask whether it is still there says nothing, and shows no news.
    assert client.head(f"/contacts/{loser}").status_code == 302
    assert "this is the one that stayed" not in client.get(f"/contacts/{winner}").content.decode()
    assert "no-store" in show(client, winner, other)["Cache-Control"]


def test_those_ticked_in_the_list_are_led_to(client, trio):
    answer = client.post("/contacts/bulk/merge", {"ids": ",".join(map(str, trio[::-1]))})
    where = ",".join(map(str, trio))
    assert answer["HX-Redirect"] == f"/contacts/merge?ids={where}"
    many = people(*({"email": f"p{n}@x.example"} for n in range(11)))
    answer = client.post("/contacts/bulk/merge", {"ids": ",".join(map(str, many))})
    assert "HX-Redirect" not in answer
    assert "At most 10" in client.get("/contacts").content.decode()


def test_nobody_is_merged_when_one_of_them_is_gone(client, trio):
    winner, loser, other = trio
    merge(other, loser, clock.now())
    answer = client.post("/contacts/merge", {"ids": f"{winner},{loser}"})
    assert answer["Location"] == "/contacts"
    assert show(client, 999_999)["Location"] == "/contacts"
    values = {"ids": f"{winner},{other}", "keep-mobile": str(other)}
    answer = client.post("/contacts/merge", values)
    assert answer["Location"] == f"/contacts/merge?ids={winner},{other}"
    assert Contact.objects.count() == 2


def test_nobody_takes_the_place_of_one_who_was_chosen_and_is_gone(client, trio):
    winner, loser, other = trio
    last = people({"email": "last@x.example"})[0]
    merge(other, winner, clock.now())
    answer = client.post("/contacts/merge", {"ids": f"{winner},{loser},{last}"})
    assert answer["Location"] == f"/contacts/merge?ids={loser},{last}"
    assert Contact.objects.filter(pk__in=[loser, other, last]).count() == 3
    assert "Somebody changed these contacts meanwhile" in show(client, loser, last).content.decode()


def test_names_of_others_contacts_are_not_told(dora, trio):
    client = Client()
    client.force_login(dora)
    mine, also_mine, others = trio
    Contact.objects.filter(pk__in=[mine, also_mine]).update(owner=dora)
    assert "bo@x.example" not in show(client, mine, q="lima").content.decode()
    assert "bo@x.example" not in show(client, mine, also_mine, others).content.decode()
    client.post("/contacts/merge", {"ids": f"{mine},{others}"})
    assert Contact.objects.count() == 3


def test_who_may_not_delete_is_not_offered_to_merge(bob, trio):
    client = Client()
    client.force_login(bob)
    assert show(client, *trio).status_code == 403
    assert "Merge…" not in client.get(f"/contacts/{trio[0]}").content.decode()
