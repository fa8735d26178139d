"""The suppression list on screen: added, found, taken off with a reason; the trail names nobody."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from contacts.backoffice.suppressions import SuppressionForm, Suppressions
from contacts.models import Suppression
from contacts.services import suppression
from kernel import clock
from kernel.registry import ConfigProblem
from tests.resource_contract import ResourceContract

NEW, LIST = "/settings/suppressions/new", "/settings/suppressions"


class TestSuppressions(ResourceContract):
    base = LIST
    kind = "suppressions"
    named = "value"
    # Taken off with a reason alone: below.
    owned = versioned = editable = deletable = False

    def make(self, number: int, owner: User | None = None) -> Suppression:
        values = {"channel": "email", "kind": "address", "reason": "manual"}
        return Suppression.objects.create(
            value=f"p{number:02}@example.com", since=clock.now(), **values
        )

    def fields(self, number: int) -> dict[str, Any]:
        return {"kind": "address", "value": f"p{number:02}@example.com", "channel": "email"}

    def shown(self, item: Any) -> str:
        return str(item.value)


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def listed(screen: Client, text: str) -> list[str]:
    return sorted(row.kind for row, _ in screen.get(LIST, {"q": text}).context["rows"])


@pytest.mark.django_db
def test_addresses_domains_and_hashes_are_added_and_found(screen: Client):
    for kind, value in (
        ("address", "Ann@Example.com"),
        ("domain", "@Example.com"),
        ("hash", "ann@example.com"),
    ):
        assert screen.post(NEW, {"kind": kind, "value": value}).status_code == 302
    kept = dict(Suppression.objects.values_list("kind", "value"))
    assert (kept["address"], kept["domain"]) == ("ann@example.com", "example.com")
    assert kept["hash"] == suppression.digest("ann@example.com")
    # An address is closed in three ways, and the search for it finds all of them.
    assert listed(screen, "ann@example.com") == ["address", "domain", "hash"]
    assert listed(screen, "bob@example.com") == ["domain"]
    assert listed(screen, "ann@") == ["address"]
    assert listed(screen, "nobody") == []


@pytest.mark.django_db
def test_domains_close_what_is_below_them_and_older_ones_can(screen: Client):
    sent = {"kind": "domain", "value": "wide.example", "below": "on"}
    screen.post(NEW, sent)
    screen.post(NEW, {"kind": "domain", "value": "narrow.example"})
    screen.post(NEW, {"kind": "address", "value": "ann@x.example", "below": "on"})
    kept = dict(Suppression.objects.values_list("value", "below"))
    assert kept == {"wide.example": True, "narrow.example": False, "ann@x.example": False}
    assert listed(screen, "ann@mail.wide.example") == ["domain"]
    assert listed(screen, "ann@mail.narrow.example") == []
    assert "domain and all below it" in screen.get(LIST).content.decode()
    ids = ",".join(map(str, Suppression.objects.values_list("pk", flat=True)))
    screen.post(f"{LIST}/bulk/widen", {"ids": ids, "confirmed": "yes"})
    assert set(Suppression.objects.filter(below=True).values_list("kind")) == {("domain",)}
    assert listed(screen, "ann@mail.narrow.example") == ["domain"]
    assert AuditEntry.objects.get(kind="suppressions", verb="widen").after == {"domains": 1}


@pytest.mark.django_db
def test_mistakes_are_told_where_they_are(screen: Client):
    screen.post(NEW, {"kind": "address", "value": "ann@example.com"})
    for sent, words in (
        ({"kind": "address", "value": "ann@EXAMPLE.com"}, "on the list already"),
        ({"kind": "address", "value": "example.com"}, "choose domain above"),
        ({"kind": "domain", "value": "x y"}, ""),
        ({"kind": "address", "value": "x" * 400}, ""),
        ({"kind": "planet", "value": "ann@example.com"}, ""),
        ({"kind": "address", "value": "call me", "channel": "sms"}, ""),
    ):
        answer = screen.post(NEW, sent)
        assert answer.status_code == 422, sent
        assert words in str(answer.context["form"].errors)
    assert Suppression.objects.count() == 1


@pytest.mark.django_db
def test_an_entry_is_taken_off_with_a_reason_and_the_trail_keeps_no_address(screen: Client):
    for number in range(3):
        screen.post(NEW, {"kind": "address", "value": f"p{number}@closed.example"})
    first, second, third = Suppression.objects.order_by("pk")
    page = screen.post(f"{LIST}/{first.pk}/delete", follow=True).content.decode()
    assert "Say why it is taken off the list." in page
    assert Suppression.objects.count() == 3
    screen.post(f"{LIST}/{first.pk}/delete", {"why": "asked for by letter"})
    bulk = {"ids": f"{second.pk},{third.pk}", "confirmed": "yes"}
    assert screen.post(f"{LIST}/bulk/delete", bulk).status_code == 422
    screen.post(f"{LIST}/bulk/delete", bulk | {"why": "a slip"})
    assert not Suppression.objects.exists()
    told = list(AuditEntry.objects.filter(kind="suppressions", verb="delete").order_by("pk"))
    assert [entry.after["why"] for entry in told] == ["asked for by letter", "a slip", "a slip"]
    every = str(list(AuditEntry.objects.values()))
    assert "closed.example" not in every


@pytest.mark.django_db
def test_of_two_who_add_the_same_at_once_the_second_is_told(alice: User):
    sent = {"kind": "address", "value": "ann@example.com"}
    first, second = SuppressionForm(sent), SuppressionForm(sent)
    assert first.is_valid()
    assert second.is_valid()
    Suppressions().save(first, alice, clock.now())
    with pytest.raises(ConfigProblem) as told:
        Suppressions().save(second, alice, clock.now())
    assert told.value.problems[0]["code"] == "taken"
    assert Suppression.objects.count() == 1
