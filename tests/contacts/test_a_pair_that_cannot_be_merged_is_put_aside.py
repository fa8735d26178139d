"""One pair that cannot be merged keeps nobody else from being merged, and is told."""

import pytest
from django.db import connection
from django.test import Client

from contacts.models import Contact, Merge
from contacts.services import merging_duplicates
from kernel import preferences
from kernel.models import Job
from tests.contacts.merging import people
from tests.settle import settle

pytestmark = pytest.mark.django_db
PAGE = "/contacts/duplicates"
POISON = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.city = 'Bhopal' THEN RAISE EXCEPTION 'poison'; END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER poison BEFORE DELETE ON contact FOR EACH ROW EXECUTE FUNCTION poison()"""


@pytest.fixture
def pairs() -> list[list[int]]:
    """Seven pairs; the loser of the fourth cannot be deleted."""
    preferences.put("contacts.unique_kinds", [])
    with connection.cursor() as cursor:
        cursor.execute(POISON)
    made = [people({"email": f"p{n}@x.example"}, {"email": f"p{n}@x.example"}) for n in range(7)]
    Contact.objects.filter(pk=made[3][1]).update(city="Bhopal")
    return made


@pytest.mark.parametrize("seconds", [0, 10])
def test_the_others_are_merged_and_the_page_names_it(
    client: Client, alice, pairs, monkeypatch, seconds: int
):
    monkeypatch.setattr(merging_duplicates, "TURN_SECONDS", seconds)
    monkeypatch.setattr(merging_duplicates, "SHARE", 0)
    client.force_login(alice)
    client.post(PAGE, {"by": "email", "act": "merge"})
    settle()
    job = Job.objects.get(kind=merging_duplicates.KIND)
    winner, loser = pairs[3]
    assert (job.state, job.error) == ("done", "")
    assert Merge.objects.count() == 6
    assert set(Contact.objects.values_list("pk", flat=True)) == {
        *(pair[0] for pair in pairs),
        loser,
    }
    assert (job.progress["groups"], job.progress["contacts"]) == (6, 6)
    assert job.progress["aside"] == [{"winner": winner, "loser": loser, "reason": "InternalError"}]
    page = client.get(PAGE).content.decode()
    assert "1 pair could not be merged" in page
    assert f"/contacts/merge?ids={winner},{loser}" in page


def test_many_that_cannot_be_merged_are_no_accident(client: Client, alice, pairs, monkeypatch):
    monkeypatch.setattr(merging_duplicates, "MOST_ASIDE", 2)
    Contact.objects.update(city="Bhopal")
    client.force_login(alice)
    client.post(PAGE, {"by": "email", "act": "merge"})
    settle()
    job = Job.objects.get(kind=merging_duplicates.KIND)
    assert job.state == "failed"
    assert len(job.progress["aside"]) == 2


def test_before_all_are_merged_their_number_is_named(client: Client, alice, pairs):
    client.force_login(alice)
    assert "7 groups, 7 fewer contacts." in client.get(PAGE).content.decode()
    client.post(PAGE, {"by": "email", "act": "count"})
    settle()
    assert "7 groups, 7 contacts fewer." in client.get(PAGE).content.decode()
