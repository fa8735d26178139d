"""Categories and labels on screen: every list and page has them, without a line of its app."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, User
from backoffice.resource import resources
from contacts.models import Company
from kernel import filing
from kernel.filing import Change
from kernel.models import Filing, Folder
from tests.accounts.world import World
from tests.resource_contract import ResourceContract

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


class TestFolders(ResourceContract):
    base = "/settings/categories"
    kind = "categories"
    owned = False

    def make(self, number: int, owner: User | None = None) -> Folder:
        return Folder.objects.create(sort="category", name=f"Category {number:02}")

    def fields(self, number: int) -> dict[str, Any]:
        return {"sort": "label", "name": f"Label {number:02}", "colour": "2", "kind": ""}


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def news() -> Folder:
    return Folder.objects.create(sort="category", name=HOSTILE, colour=2)


@pytest.fixture
def vip() -> Folder:
    return Folder.objects.create(sort="label", name="VIP")


def filed_resources():
    return [each for each in resources() if each.filed_as]


def test_every_kind_has_a_screen():
    assert {each.filed_as for each in filed_resources()} == set(filing.kinds())


@pytest.mark.parametrize("place", range(5))
def test_every_resource_can_be_filed(screen: Client, api, alice, news, vip, place: int):
    here = filed_resources()[place]
    world = World(alice, api)
    number = world.id_of(here.key)
    base = here.url()
    sent = {"ids": number, "confirmed": "yes", "category": news.pk, "labels": [vip.pk]}
    assert screen.post(f"{base}/bulk/file", {"ids": number}).status_code == 200
    assert screen.post(f"{base}/bulk/file", sent).status_code == 200
    assert filing.of(here.filed_as, [number])[number].told()["labels"] == ["VIP"]
    told = next(iter(screen.get(base).context["messages"]))
    for query, count in (
        (f"category={news.pk}", 1), ("category=none", 0), (f"label={vip.pk}", 1),
        ("label=999", 1),
    ):  # fmt: skip
        page = screen.get(f"{base}?{query}")
        assert len(page.context["rows"]) == count, query
    text = page.content.decode()
    assert "VIP" in text
    assert HOSTILE not in text
    assert AuditEntry.objects.filter(verb="change", object_id=number).exists()
    screen.post("/undo", {"undo": told.extra_tags.removeprefix("undo:")})
    assert not Filing.objects.exists()


def test_many_are_filed_at_once_and_only_what_one_may_change(
    client: Client, dora, alice, news, vip
):
    hers = [Company.objects.create(name=f"Hers {n}", owner=dora) for n in range(3)]
    other = Company.objects.create(name="Other", owner=alice)
    filing.file("company", [hers[0].pk], Change(add=[vip.pk]))
    client.force_login(dora)
    ids = ",".join(str(each.pk) for each in (*hers, other))
    sent = {"ids": ids, "confirmed": "yes", "category": news.pk, "add": [], "remove": [vip.pk]}
    assert client.post("/companies/bulk/file", sent).status_code == 200
    filed = filing.of("company", [each.pk for each in (*hers, other)])
    assert [filed[each.pk].category is not None for each in (*hers, other)] == [True] * 3 + [False]
    assert not any(each.labels for each in filed.values())
    # Left as it is, nothing moves.
    client.post("/companies/bulk/file", {"ids": ids, "confirmed": "yes", "category": ""})
    assert Filing.objects.count() == 3


def test_the_chips_of_a_page_lead_to_what_else_is_filed_there(screen: Client, news, vip):
    company = Company.objects.create(name="Acme")
    assert "File under" in screen.get(f"/companies/{company.pk}").content.decode()
    filing.file("company", [company.pk], Change(category=news.pk, add=[vip.pk]))
    page = screen.get(f"/companies/{company.pk}").content.decode()
    assert f"/companies?label={vip.pk}" in page
    assert HOSTILE not in page


def test_lists_take_as_many_statements_however_much_is_filed(screen: Client, news, vip):
    made = [Company.objects.create(name=f"C {n}") for n in range(30)]

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert screen.get("/companies").status_code == 200
        return len(asked)

    statements()
    few = statements()
    filing.file("company", [each.pk for each in made], Change(category=news.pk, add=[vip.pk]))
    assert statements() == few


def test_nothing_is_offered_before_there_is_a_folder(screen: Client):
    Company.objects.create(name="Acme")
    page = screen.get("/companies")
    assert "File under" not in page.content.decode()
    assert screen.post("/companies/bulk/file", {"ids": "1"}).status_code == 404


def test_a_folder_in_use_asks_what_becomes_of_what_is_in_it(screen: Client, news):
    company = Company.objects.create(name="Acme")
    filing.file("company", [company.pk], Change(category=news.pk))
    at = f"/settings/categories/{news.pk}"
    assert 'name="then"' in screen.get(at).content.decode()
    screen.post(f"{at}/delete")
    assert Folder.objects.exists()
    assert screen.post(f"{at}/delete", {"then": "999"}).status_code == 302
    assert Folder.objects.exists()
    other = Folder.objects.create(sort="category", name="Other")
    screen.post(f"{at}/delete", {"then": other.pk})
    assert Filing.objects.get().folder == other
    screen.post(f"/settings/categories/{other.pk}/delete", {"then": "off"})
    assert not Folder.objects.exists()
