"""What surrounds contacts, on screen: fields, tags, topics, companies."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contacts.backoffice.tags import Tags
from contacts.models import Company, Contact, Field, Tag, Topic
from contacts.services import fields
from contacts.services.tags import change_tags
from kernel import clock
from tests.contacts.test_contacts_on_screen import add
from tests.resource_contract import ResourceContract


class TestTags(ResourceContract):
    base = "/settings/tags"
    kind = "tags"
    owned = False

    def version(self, item: Tag) -> str:
        return Tags().version(item)

    def make(self, number: int, owner: User | None = None) -> Tag:
        return Tag.objects.create(name=f"Tag {number:02}")

    def fields(self, number: int) -> dict[str, Any]:
        return {"name": f"Tag {number:02}"}


class TestTopics(ResourceContract):
    base = "/settings/topics"
    kind = "topics"
    owned = False

    def make(self, number: int, owner: User | None = None) -> Topic:
        return Topic.objects.create(name=f"Topic {number:02}")

    def fields(self, number: int) -> dict[str, Any]:
        return {"name": f"Topic {number:02}", "label_fr": "Sujet", "public": "on"}


class TestCompanies(ResourceContract):
    base = "/companies"

    def make(self, number: int, owner: User | None = None) -> Company:
        return Company.objects.create(name=f"Company {number:02}", owner=owner)

    def fields(self, number: int) -> dict[str, Any]:
        return {"name": f"Company {number:02}"}


class TestFields(ResourceContract):
    base = "/settings/fields"
    kind = "fields"
    owned = False
    change = {"label": "Changed"}

    def make(self, number: int, owner: User | None = None) -> Field:
        return fields.create({"label": f"Field {number:02}", "type": "text"}, clock.now())

    def fields(self, number: int) -> dict[str, Any]:
        return {"object": "contact", "type": "text", "label": f"Field {number:02}", "order": 0}

    def test_names_cannot_break_out(self, screen: Client):
        item = self.make(1)
        Field.objects.update(label="<script>alert(1)</script>")
        for address in (self.base, f"{self.base}/{item.pk}", "/contacts", "/contacts/new"):
            assert "<script>alert(1)" not in screen.get(address).content.decode()

    def shown(self, item: Field) -> str:
        return str(item.label)


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.mark.django_db
def test_an_alias_is_suggested_and_choices_are_read_line_by_line(screen: Client):
    asked = {"label": "Niveau de ski", "object": "contact"}
    assert "niveau_de_ski" in screen.get("/settings/fields/alias", asked).content.decode()
    sent = {**asked, "type": "select", "order": 0, "options": "a | Good | Bon\nb"}
    assert screen.post("/settings/fields/new", sent).status_code == 302
    field = Field.objects.get()
    assert field.alias == "niveau_de_ski"
    assert field.options[0] == {
        "value": "a",
        "label": "Good",
        "labels": {"en": "Good", "fr": "Bon"},
    }
    form = screen.get(f"/settings/fields/{field.pk}/edit").context["form"]
    assert form["options"].value() == "a | Good | Bon\nb"


@pytest.mark.django_db
def test_choices_nobody_touches_stay_what_they_are(screen: Client):
    kept = [{"value": "a|b", "label": "A | B", "labels": {"fr": "C"}}, {"value": "c"}]
    field = fields.create({"label": "L", "type": "select", "options": kept}, clock.now())
    before = list(field.options)
    form = screen.get(f"/settings/fields/{field.pk}/edit").context["form"]
    typed = form["options"].value()
    sent = {"label": "Changed", "order": 0, "version": field.version, "options": f"{typed}\nd"}
    assert screen.post(f"/settings/fields/{field.pk}/edit", sent).status_code == 302
    field.refresh_from_db()
    assert field.label == "Changed"
    assert field.options[:2] == before
    assert field.options[2]["value"] == "d"


@pytest.mark.django_db
def test_a_field_says_what_is_lost_with_it(screen: Client):
    field = fields.create({"label": "Level", "type": "text"}, clock.now())
    add(email="p@example.com", level="high")
    lost = screen.get(f"/settings/fields/{field.pk}/lost").content.decode()
    assert "1 contact" in lost


@pytest.mark.django_db
def test_mistakes_of_a_definition_stand_at_their_place(screen: Client):
    sent = {"object": "contact", "type": "select", "label": "Level", "order": 0}
    answer = screen.post("/settings/fields/new", sent)
    assert answer.status_code == 422
    assert "options" in answer.context["form"].errors
    for number in range(10):
        fields.create({"label": f"F{number}", "type": "text", "indexed": True}, clock.now())
    sent = {"object": "contact", "type": "text", "label": "One more", "order": 0, "indexed": "on"}
    answer = screen.post("/settings/fields/new", sent)
    assert "indexed" in answer.context["form"].errors
    assert "10 of 10" in answer.content.decode()


@pytest.mark.django_db
def test_counts_lead_to_the_people_they_count(screen: Client):
    ada = add(email="a@example.com", first_name="Ada", company="Acme")
    add(email="b@example.com")
    change_tags([ada.pk], ["vip"], [], clock.now())
    tag, company = Tag.objects.get(), Company.objects.get()
    assert f"/contacts?tag={tag.pk}" in screen.get("/settings/tags").content.decode()
    assert f"/contacts?company={company.pk}" in screen.get("/companies").content.decode()
    for address in (f"/contacts?tag={tag.pk}", f"/contacts?company={company.pk}"):
        page = screen.get(address)
        assert [row.pk for row, _cells in page.context["rows"]] == [ada.pk]
    assert "Ada" in screen.get(f"/companies/{company.pk}?tab=people").content.decode()


@pytest.mark.django_db
def test_a_tag_in_use_keeps_its_name_and_a_taken_name_is_refused(screen: Client, api: Any):
    used, other = Tag.objects.create(name="used"), Tag.objects.create(name="other")
    condition = {"field": "tags", "op": "has_any", "value": ["used"]}
    api.post("/api/v1/segments", {"name": "S", "filter": {"all": [condition]}}, format="json")
    for tag, name in ((used, "new"), (other, "USED")):
        sent = {"name": name, "version": Tags().version(tag)}
        assert screen.post(f"/settings/tags/{tag.pk}/edit", sent).status_code == 422
    assert screen.post("/companies/new", {"name": "Acme"}).status_code == 302
    assert screen.post("/companies/new", {"name": " ACME"}).status_code == 422
    assert Contact.objects.count() == 0
