"""What every resource on screen promises: inherit it, say how to make one, get the tests.

    class TestStages(ResourceContract):
        base = "/stages"
        change = {"name": "Renamed"}

        def make(self, number, owner=None):
            return Stage.objects.create(name=f"Stage {number}", weight=number, owner=owner)

        def fields(self, number):
            return {"name": f"Stage {number}", "weight": number}

Switch off what a resource lacks (`owned`, `versioned`, `creatable`, `editable`, `deletable`).
"""

from typing import Any, ClassVar

import pytest
from django.test import Client

from accounts.models import AuditEntry, Role, User
from tests.cast import make_user

HOSTILE = ["sort=password", "cursor=x", "sort=-id;--", "q=%00", "view=x", "places=~~x"]


@pytest.mark.django_db
class ResourceContract:
    base: ClassVar[str]
    change: ClassVar[dict[str, Any]] = {"name": "Changed"}
    kind: ClassVar[str] = ""
    # The column people name it by.
    named: ClassVar[str] = "name"
    owned: ClassVar[bool] = True
    versioned: ClassVar[bool] = True
    creatable: ClassVar[bool] = True
    editable: ClassVar[bool] = True
    deletable: ClassVar[bool] = True
    restorable: ClassVar[bool] = False

    def make(self, number: int, owner: User | None = None) -> Any:
        """Store an item; each number another one."""
        raise NotImplementedError

    def fields(self, number: int) -> dict[str, Any]:
        """Return what the form of an item sends."""
        raise NotImplementedError

    def version(self, item: Any) -> Any:
        """Return the version that the form of an item carries."""
        return getattr(item, "version", "")

    def confirmed(self, item: Any) -> dict[str, Any]:
        """Return what must be sent along to delete an item."""
        return {}

    def shown(self, item: Any) -> str:
        """Return the name under which lists show an item."""
        return str(item.name)

    @pytest.fixture
    def screen(self, client: Client, alice: User) -> Client:
        client.force_login(alice)
        return client

    @pytest.fixture
    def dora(self, db: None) -> User:
        """Dora does everything with her own, nothing with others'."""
        verbs = dict.fromkeys(("view", "edit", "delete"), "own") | {"create": "all"}
        name = self.kind or self.base.strip("/")
        return make_user("Dora", Role.objects.create(name="Her own", rights={name: verbs}))

    def test_an_empty_list_says_what_it_is_for(self, screen: Client):
        assert screen.get(self.base).status_code == 200

    def test_the_list_shows_finds_and_pages(self, screen: Client):
        items = [self.make(number) for number in range(52)]
        page = screen.get(self.base).content.decode()
        assert page.count('<td class="first">') == 50
        assert "cursor=" in page
        found = screen.get(self.base, {"q": self.shown(items[7])}, headers={"HX-Target": "list"})
        assert self.shown(items[7]) in found.content.decode()
        assert "<html" not in found.content.decode()
        assert '<td class="first">' not in screen.get(self.base, {"q": "zzqqzz"}).content.decode()

    def test_older_and_newer_pages_hold_every_row_once(self, screen: Client):
        numbers = {str(self.make(number).pk) for number in range(52)}
        first = screen.get(self.base)
        second = screen.get(f"{self.base}?{first.context['older']}")
        shown = [str(row.pk) for answer in (first, second) for row, _ in answer.context["rows"]]
        assert numbers <= set(shown)
        assert len(shown) == len(set(shown))
        back = screen.get(f"{self.base}?{second.context['newer']}")
        assert [row.pk for row, _ in back.context["rows"]] == [
            row.pk for row, _ in first.context["rows"]
        ]

    @pytest.mark.parametrize(
        "query", ["sort=password", "cursor=x", "sort=-id;--", "q=%00", "view=x"]
    )
    def test_hostile_addresses_are_answered_calmly(self, screen: Client, query: str):
        self.make(1)
        assert screen.get(f"{self.base}?{query}").status_code == 200

    def test_names_cannot_break_out(self, screen: Client):
        item = self.make(1)
        named = {self.named: "<script>alert(1)</script>"}
        type(item)._default_manager.filter(pk=item.pk).update(**named)
        for address in (self.base, f"{self.base}/{item.pk}", "/find?q=alert"):
            assert "<script>alert(1)" not in screen.get(address).content.decode()

    def test_a_page_has_its_tabs(self, screen: Client):
        item = self.make(1)
        page = screen.get(f"{self.base}/{item.pk}")
        assert page.status_code == 200
        for tab in page.context["tabs"]:
            assert screen.get(tab["url"]).status_code == 200

    def test_making_one_leaves_a_trail(self, screen: Client):
        if not self.creatable:
            pytest.skip("is made elsewhere")
        assert screen.get(f"{self.base}/new").status_code == 200
        answer = screen.post(f"{self.base}/new", self.fields(1))
        assert answer.status_code == 302, answer.context["form"].errors
        assert screen.get(answer["Location"]).status_code == 200
        assert AuditEntry.objects.filter(verb="create", object_id__isnull=False).exists()

    def test_mistakes_are_told_where_they_are(self, screen: Client):
        if not self.creatable:
            pytest.skip("is made elsewhere")
        answer = screen.post(f"{self.base}/new", {})
        assert answer.status_code == 422
        assert answer.context["form"].errors

    def test_a_change_is_kept_and_told(self, screen: Client):
        if not self.editable:
            pytest.skip("is not changed by a form")
        item = self.make(1)
        sent = self.fields(1) | self.change | {"version": self.version(item)}
        answer = screen.post(f"{self.base}/{item.pk}/edit", sent)
        assert answer.status_code == 302, answer.context["form"].errors
        history = screen.get(f"{self.base}/{item.pk}?tab=history")
        assert history.context["history"][0][0].verb == "change"

    def test_the_second_of_two_editors_overwrites_nothing_unseen(self, screen: Client):
        if not (self.editable and self.versioned):
            pytest.skip("has no versions")
        item = self.make(1)
        sent = self.fields(1) | self.change | {"version": self.version(item)}
        assert screen.post(f"{self.base}/{item.pk}/edit", sent).status_code == 302
        late = screen.post(f"{self.base}/{item.pk}/edit", sent)
        assert late.status_code == 409
        # Both wrote the same: nothing is named that does not differ.
        assert [str(each) for each in late.context["differences"]] == []
        kept = late.context["form"].data
        assert {name: kept[name] for name in self.change} == self.change
        again = screen.post(
            f"{self.base}/{item.pk}/edit", sent | {"version": late.context["version"]}
        )
        assert again.status_code == 302

    def test_deleting_one_takes_it_off_the_list(self, screen: Client):
        if not self.deletable:
            pytest.skip("is never deleted")
        item = self.make(1)
        page = screen.post(f"{self.base}/{item.pk}/delete", self.confirmed(item), follow=True)
        assert not type(item)._default_manager.filter(pk=item.pk).exists()
        if self.restorable:
            token = next(iter(page.context["messages"])).extra_tags.removeprefix("undo:")
            screen.post("/undo", {"undo": token})
            assert type(item)._default_manager.filter(pk=item.pk).exists()

    def test_looking_changes_nothing(self, screen: Client):
        item = self.make(1)
        if self.deletable:
            assert screen.get(f"{self.base}/{item.pk}/delete").status_code == 405
            assert type(item)._default_manager.filter(pk=item.pk).exists()

    def test_charlie_gets_in_nowhere(self, client: Client, charlie: User):
        item = self.make(1)
        client.force_login(charlie)
        addresses = [self.base, f"{self.base}/{item.pk}"]
        addresses += [f"{self.base}/new"] if self.creatable else []
        for address in addresses:
            assert client.get(address).status_code == 403
        assert client.post(f"{self.base}/{item.pk}/delete").status_code == 403

    def test_bob_looks_and_changes_nothing(self, client: Client, bob: User):
        item = self.make(1)
        client.force_login(bob)
        if client.get(self.base).status_code == 403:
            pytest.skip("is not for viewers")
        if self.editable:
            assert client.get(f"{self.base}/{item.pk}/edit").status_code == 403
        assert client.post(f"{self.base}/{item.pk}/delete").status_code == 403
        assert type(item)._default_manager.filter(pk=item.pk).exists()

    def test_dora_sees_hers_alone(self, client: Client, dora: User, alice: User):
        if not self.owned:
            pytest.skip("has no owner")
        hers, others = self.make(1, dora), self.make(2, alice)
        client.force_login(dora)
        shown = [row.pk for row, _ in client.get(self.base).context["rows"]]
        assert shown == [hers.pk]
        assert client.get(f"{self.base}/{others.pk}").status_code == 404
        assert client.post(f"{self.base}/{others.pk}/delete").status_code == 404
        bulk = {"ids": f"{hers.pk},{others.pk}", "confirmed": "yes"}
        client.post(f"{self.base}/bulk/delete", bulk)
        assert type(others)._default_manager.filter(pk=others.pk).exists()

    def test_it_speaks_french(self, screen: Client, alice: User):
        alice.language = "fr"
        alice.save()
        item = self.make(1)
        assert '<html lang="fr"' in screen.get(f"{self.base}/{item.pk}").content.decode()
