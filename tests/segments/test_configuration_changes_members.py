"""What is changed for everybody (zone, owners, companies, tags, fields) moves members at once."""

from datetime import UTC, datetime

import pytest

from accounts.models import Role
from contacts.models import Company, Contact, Field
from kernel import clock, preferences
from segments.models import Member, MemberDelta, Segment
from segments.services import auditing
from segments.services.turns import Turn
from tests.cast import make_user
from tests.segments.scene import FRENCH, follow, inside, person
from tests.settle import settle

pytestmark = pytest.mark.django_db


def nothing_was_wrong() -> bool:
    return not any(auditing.rebuild(None, Turn()).values())


def test_days_begin_elsewhere_once_the_workspace_moves():
    # One in the evening in Paris is the next day on Kiritimati.
    ann = person(created_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    segment = follow({"field": "created_at", "op": "on", "value": "2026-03-01"})
    calm = follow({"field": "country", "op": "is", "value": "FR"}, "calm")
    built_at = calm.built_at
    assert inside(segment) == {ann}
    preferences.put("workspace.timezone", "Pacific/Kiritimati")
    settle()
    assert inside(segment) == set()
    assert Segment.objects.get(pk=calm.pk).built_at == built_at, "it reads no days"
    preferences.put("workspace.timezone", "Europe/Paris")
    settle()
    assert inside(segment) == {ann}
    assert nothing_was_wrong()


def test_contacts_of_a_deleted_user_belong_to_nobody(api):
    erin = make_user("Erin", Role.objects.create(name="Something"))
    ann = person(owner=erin)
    hers = follow({"field": "owner", "op": "is", "value": erin.pk}, "hers")
    nobodys = follow({"field": "owner", "op": "is_empty"}, "nobody's")
    ben = person(owner=make_user("Bo", erin.role), company=Company.objects.create(owner=erin))
    at_hers = follow({"field": "company.owner", "op": "is", "value": erin.pk}, "at hers")
    assert (inside(hers), inside(nobodys), inside(at_hers)) == ({ann}, set(), {ben})
    assert api.delete(f"/api/v1/users/{erin.pk}").status_code == 204
    settle()
    assert (inside(hers), inside(nobodys), inside(at_hers)) == (set(), {ann}, set())
    assert nothing_was_wrong()


def test_a_company_takes_its_people_along(api):
    Field.objects.create(object="company", alias="size", type="number", label="size")
    acme = Company.objects.create(name="Acme", attrs={"size": 3})
    ann = person(company=acme)
    large = follow({"field": "company.size", "op": "gt", "value": 10})
    at = f"/api/v1/companies/{acme.pk}"
    assert api.patch(at, {"size": 11, "version": acme.version}).status_code == 200
    settle()
    assert inside(large) == {ann}
    assert api.delete(at).status_code == 204
    settle()
    assert inside(large) == set()
    assert nothing_was_wrong()


def test_a_forgotten_contact_is_no_member_though_an_evaluation_came_late(api):
    ann = person(country="FR")
    segment = follow({"all": [FRENCH]})
    assert api.delete(f"/api/v1/contacts/{ann}").status_code == 204
    # As an evaluation writes it whose snapshot still had the contact.
    late = {"segment_id": segment.pk, "contact_id": ann, "added_at": clock.now()}
    Member.objects.create(**late)
    MemberDelta.objects.create(segment_id=segment.pk, delta=1)
    settle()
    assert not Contact.objects.filter(pk=ann).exists()
    assert inside(segment) == set()
