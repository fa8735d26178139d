"""The bell: how many notices are unread, which, where they lead, and that they are one's own."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.translation import gettext as _

from accounts.models import Role, User
from contacts.models import Contact
from kernel import clock
from notices.models import Notice
from notices.services import reading
from notices.services.telling import News, Words, tell
from tests.accounts.browser import browser, someone
from tests.cast import client_of
from tests.contacts.merging import people

pytestmark = pytest.mark.django_db
NEWS = News("testing.told", "/campaigns")


def told(*users: User, title: str = "A campaign stands still") -> None:
    tell([user.pk for user in users], lambda: Words(title, "Because."), NEWS, clock.now())


def test_the_page_comes_with_the_count_and_one_statement_asks_again(
    client: Client, alice: User, django_assert_num_queries
):
    told(alice)
    told(alice)
    client.force_login(alice)
    assert "2 unread" in client.get("/notices").content.decode()
    with django_assert_num_queries(1):
        assert reading.unread(alice) == 2
    assert "2 unread" in client.get("/notices/count").content.decode()
    newest = Notice.objects.latest("pk")
    assert client.post(f"/notices/{newest.pk}/open")["Location"] == "/campaigns"
    assert "1 unread" in client.get("/notices/count").content.decode()
    assert "A campaign stands still" in client.get("/notices/latest").content.decode()


def test_many_are_counted_to_99_and_read_at_once(client: Client, alice: User, bob: User):
    for _number in range(105):
        told(alice)
    told(bob)
    client.force_login(alice)
    assert "99+ unread" in client.get("/notices/count").content.decode()
    first = client.get("/notices")
    assert len(first.context["notices"]) == 50
    older = client.get(f"/notices?{first.context['older']}").context["notices"]
    assert older[0].pk == first.context["notices"][-1].pk - 1
    page = client.post("/notices/read", follow=True).content.decode()
    assert "105 notices read" in page
    assert [reading.unread(user) for user in (alice, bob)] == [0, 1]


def test_one_is_marked_as_unread_again_in_the_list_that_was_open(client: Client, alice: User):
    told(alice)
    row = Notice.objects.get()
    client.force_login(alice)
    for act, left in (("read", 0), ("read", 0), ("unread", 1)):
        answer = client.post(f"/notices/{row.pk}/mark", {"act": act, "state": "unread"})
        assert answer["Location"] == "/notices?state=unread"
        assert reading.unread(alice) == left


def test_each_is_told_in_their_language_and_who_left_is_not(alice: User, bob: User, dora: User):
    User.objects.filter(pk=bob.pk).update(language="fr")
    User.objects.filter(pk=dora.pk).update(is_active=False)
    people = [alice.pk, bob.pk, dora.pk]
    assert tell(people, lambda: Words(_("Campaigns")), NEWS, clock.now()) == 2
    assert dict(Notice.objects.values_list("user_id", "title")) == {
        alice.pk: "Campaigns",
        bob.pk: "Campagnes",
    }


def test_rest_reads_ones_own(api, alice: User, bob: User):
    told(alice, title="Alice's")
    told(bob, title="Bob's")
    (row,) = api.get("/api/v1/notices?unread=true").json()["results"]
    assert (row["title"], row["path"], row["read_at"]) == ("Alice's", "/campaigns", None)
    theirs = Notice.objects.get(user=bob).pk
    for call, body, changed, left in (
        ("mark-read", {"ids": [row["id"], theirs]}, 1, 0),
        ("mark-read", {}, 0, 0),
        ("mark-unread", {"ids": [row["id"]]}, 1, 1),
        ("mark-read", {}, 1, 0),
    ):
        answer = api.post(f"/api/v1/notices/{call}", body).json()
        assert answer == {"changed": changed, "unread": left}
    assert api.get("/api/v1/notices?unread=true").json()["results"] == []
    assert api.get(f"/api/v1/notices/{theirs}").status_code == 404
    assert client_of(bob).get("/api/v1/notices").json()["results"][0]["title"] == "Bob's"


def test_an_open_page_that_asks_by_itself_keeps_nobody_signed_in():
    user, client, start = someone(), browser(), clock.now()
    client.force_login(user)
    assert client.get("/").status_code == 200
    for day in (3, 6):
        with time_machine.travel(start + timedelta(days=day)):
            assert client.get("/notices/count", headers={"X-Unattended": "1"}).status_code == 200
    with time_machine.travel(start + timedelta(days=8)):
        part = {"X-Unattended": "1", "HX-Request": "true"}
        # The page that asks stays as it is, with what is typed in it.
        assert client.get("/notices/count", headers=part).status_code == 204
        assert client.get("/").status_code == 302


def test_who_may_see_the_person_no_more_reads_nothing_of_them(alice: User, dora: User):
    """Neither does a token that may do something else; dora sees her own contacts alone."""
    anna, ben = people({"email": "a@x.example"}, {"email": "b@x.example"})
    Contact.objects.filter(pk=anna).update(owner=dora)
    now = clock.now()
    for number in (anna, ben):
        news = News("testing.told", "/contacts", contact=number)
        tell([alice.pk, dora.pk], lambda: Words("Somebody asks"), news, now)
    tell([alice.pk], lambda: Words("Blood: AB"), News("testing.told", sensitive=True), now)
    told(alice, dora, title="For all")
    narrow = client_of(alice, scopes={"segments": "read"})
    rows = narrow.get("/api/v1/notices").json()["results"]
    assert [row["title"] for row in rows] == ["For all"]
    assert [reading.unread(user) for user in (alice, dora)] == [4, 2]
    assert {row.contact_id for row in reading.own(dora)} == {anna, None}
    assert reading.read(dora, now) == 2
    assert Notice.objects.filter(user=dora, read_at=None).get().contact_id == ben
    alice.role = Role.objects.create(name="b", rights={"contacts": {"view": "all"}})
    alice.save()
    blind = User.objects.get(pk=alice.pk)
    assert "Blood: AB" not in {row.title for row in reading.own(blind)}
    assert reading.unread(blind) == 3
