"""What a segment stands on and what stands on it is seen at a glance, as far as one may see it."""

import pytest

from campaigns.models import Campaign
from emails.models import Email
from kernel import clock
from segments.models import Segment
from segments.services import editing

pytestmark = pytest.mark.django_db


def segment(name, *parents, owner=None):
    tree = {"segment": [parent.pk for parent in parents], "op": "in"} if parents else None
    values = {"name": name, "filter": tree, "owner": owner}
    return editing.create(values, now=clock.now())


def names(kin):
    return [(one["name"], names(one["kin"])) for one in kin]


def ask(api, one):
    answer = api.get(f"/api/v1/segments/{one.pk}/dependencies")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_parents_and_children_are_told_two_levels_each_way(api):
    top = segment("Top")
    country = segment("Country", top)
    city, club = segment("City", country), segment("Club")
    middle = segment("Middle", city, club)
    child = segment("Child", middle)
    segment("Grandchild", child)
    segment("Beyond", segment("Great", segment("Other", child)))
    email = Email.objects.create(name="News", subject="News")
    email.segments.add(middle)
    found = ask(api, middle)
    assert names(found["parents"]) == [("City", [("Country", [])]), ("Club", [])]
    assert names(found["children"]) == [("Child", [("Grandchild", []), ("Other", [])])]
    assert found["used_by"] == [{"kind": "email", "id": str(email.pk), "name": "News"}]
    assert found["hidden"] == 0
    lonely = ask(api, top)
    assert (lonely["parents"], lonely["used_by"]) == ([], [])


def test_a_circle_is_still_refused(api):
    low = segment("Low")
    high = segment("High", segment("Middle", low))
    body = {"filter": {"segment": [high.pk], "op": "in"}, "version": low.version}
    answer = api.patch(f"/api/v1/segments/{low.pk}", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "cycle")


def test_who_sees_own_things_is_told_no_names_of_others(api_dora, dora, alice):
    secret = segment("Secret", owner=alice)
    mine = segment("Mine", secret, owner=dora)
    segment("Hers", mine, owner=alice)
    email = Email.objects.create(name="Hidden", subject="x", owner=alice)
    email.segments.add(mine)
    Campaign.objects.create(name="Hidden", owner=alice, sources=[{"segment": mine.pk}])
    found = ask(api_dora, mine)
    assert names(found["parents"]) == [(None, [])]
    assert names(found["children"]) == [(None, [])]
    assert found["used_by"] == []
    assert found["hidden"] >= 1
    assert api_dora.get(f"/api/v1/segments/{secret.pk}/dependencies").status_code == 404


def test_the_page_of_a_segment_shows_them(client, alice):
    client.force_login(alice)
    parent = segment("Above")
    one = segment("One", parent)
    segment("Below", one)
    page = client.get(f"/segments/{one.pk}?tab=dependencies").content.decode()
    for other in ("Above", "Below"):
        assert f">{other}</a>" in page
    assert f"/segments/{parent.pk}?tab=dependencies" in page


def test_as_many_statements_for_many_relatives_as_for_few(api, django_assert_max_num_queries):
    root = segment("Root")
    for number in range(10):
        segment(f"Leaf {number}", segment(f"Child {number}", root))
    with django_assert_max_num_queries(30):
        assert len(ask(api, root)["children"]) == 10
    assert Segment.objects.count() == 21
