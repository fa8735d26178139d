"""SEC-15: figures of a campaign count the people one may see, wherever they stand."""

import pytest

from accounts.models import Role
from campaigns.models import Campaign
from contacts.models import Contact
from kernel import clock, events
from kernel.events import Fact
from tests.cast import client_of, make_user
from tests.journey import VISITED, bring, deciding, figures, people, run, statistics
from tests.settle import settle

pytestmark = pytest.mark.django_db
WHOLE = ("contacts", "visits", "active")


@pytest.fixture
def crowd():
    return people(4)


@pytest.fixture
def campaign(api, crowd, dora):
    """Of four people two said yes, and two are asked still."""
    made = run(api, deciding(within="1d"), reentry="always")
    Campaign.objects.filter(pk=made).update(owner=dora)
    bring(api, made, crowd)
    settle()
    now = clock.now()
    events.record(VISITED, [Fact(contact, now) for contact in crowd[:2]], now=now)
    settle()
    return made


def give(dora, contacts):
    Contact.objects.update(owner=None)
    Contact.objects.filter(pk__in=contacts).update(owner=dora)


def whole(api, campaign):
    told = statistics(api, campaign)
    return [told[name] for name in WHOLE]


def test_of_three_others_nothing_is_counted(api, api_dora, dora, campaign, crowd):
    give(dora, [crowd[0]])
    assert whole(api_dora, campaign) == [1, 1, 0]
    assert figures(api_dora, campaign) == {
        "first": {"done": 1},
        "asked": {"done": 1, "yes": 1},
        "yes": {"done": 1},
        "no": {},
    }
    give(dora, [crowd[3]])
    assert whole(api_dora, campaign) == [1, 1, 1]
    assert figures(api_dora, campaign)["asked"] == {"waiting": 1}
    give(dora, [])
    assert whole(api_dora, campaign) == [0, 0, 0]
    assert not any(figures(api_dora, campaign).values())


def test_whose_contacts_they_all_are_sees_what_everybody_sees(api, api_dora, dora, campaign, crowd):
    bring(api, campaign, crowd[:1])
    settle()
    give(dora, crowd)
    assert whole(api, campaign) == [4, 5, 3]
    assert statistics(api_dora, campaign) == statistics(api, campaign)


def test_whoever_may_see_no_contacts_sees_none_counted(api, campaign):
    blind = Role.objects.create(name="Campaigns only", rights={"campaigns": {"view": "all"}})
    assert whole(client_of(make_user("Eve", blind)), campaign) == [0, 0, 0]


def test_lists_and_the_start_page_count_the_same(client, api, dora, alice, campaign, crowd):
    give(dora, crowd[2:3])
    for user, expected in ((dora, (1, 1)), (alice, (2, 4))):
        client.force_login(user)
        [(row, cells)] = client.get("/campaigns").context["rows"]
        assert (row.active, row.entered) == expected
        assert [str(value) for column, value in cells if column.key in ("active", "entered")] == [
            str(number) for number in expected
        ]
        [line] = client.get("/").context["campaigns"]
        assert (line.in_flight, line.entered) == expected
        assert f'"only_own": {str(user == dora).lower()}' in (
            client.get(f"/campaigns/{campaign}").content.decode()
        )
