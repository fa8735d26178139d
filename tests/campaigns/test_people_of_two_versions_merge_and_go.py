"""A truth table: people in different versions become one, or are deleted, wherever they stand."""

from collections import Counter
from datetime import timedelta

import pytest

from campaigns.models import LeftFor, Visit
from contacts.services import erase, merge
from kernel import clock
from tests.campaigns.positions import DRAWING, POSITIONS, STAND, answer, bound
from tests.campaigns.versions import places, publish
from tests.journey import bring, run, statistics, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
EACH = len(POSITIONS)
# What is still before who stands there.
AHEAD = {"wait": 1, "ask": 10, "join": 0, "park": 0}


@pytest.fixture
def editions(api, shift):
    """One in each position of the version that is being finished, one of the newest."""
    contacts = bound(2)
    campaign = run(api, DRAWING)
    bring(api, campaign, contacts[:EACH])
    settle()
    publish(api, campaign, in_flight="finish")
    bring(api, campaign, contacts[EACH:])
    settle()
    shift(timedelta(hours=2))
    settle()
    return campaign, contacts[:EACH], contacts[EACH:]


def to_the_end(shift, asked):
    answer(asked)
    shift(timedelta(hours=11))
    settle()


@pytest.mark.parametrize(
    ("moment", "further"),
    [*(("beside", further) for further in range(EACH)), ("moved after", 1), ("moved meanwhile", 2)],
)
@pytest.mark.parametrize("newest_wins", [False, True])
def test_of_two_who_become_one_the_way_of_the_winner_goes_on(
    api, editions, shift, newest_wins, further, moment
):
    campaign, olds, news = editions
    winners, losers = (news, olds) if newest_wins else (olds, news)
    losers = losers[further:] + losers[:further]
    if moment == "moved meanwhile":
        publish(api, campaign, settled=False)
    for winner, loser in zip(winners, losers, strict=True):
        merge.merge(winner, loser, clock.now())
    settle()
    if moment == "moved after":
        publish(api, campaign)
    assert places() == {winner: [STAND[at]] for winner, at in zip(winners, POSITIONS, strict=True)}
    told = Counter(Visit.objects.values_list("contact_id", "reason"))
    assert told == {(one, why): 1 for one in winners for why in (None, LeftFor.MERGED)}
    before = totals(winners)
    to_the_end(shift, winners[1:2])
    after = dict(zip(POSITIONS, totals(winners), strict=True))
    gained = {at: after[at] - start for at, start in zip(POSITIONS, before, strict=True)}
    assert gained == AHEAD
    assert statistics(api, campaign)["active"] == 1


@pytest.mark.parametrize("moment", ["beside", "moved after", "moved meanwhile"])
@pytest.mark.parametrize("newest", [False, True])
def test_who_is_deleted_on_the_way_leaves_the_others_alone(api, editions, shift, newest, moment):
    campaign, olds, news = editions
    going, staying = (news, olds) if newest else (olds, news)
    if moment == "moved meanwhile":
        publish(api, campaign, settled=False)
    for contact in going:
        erase.erase(contact, clock.now())
    settle()
    if moment == "moved after":
        publish(api, campaign)
    assert places() == {one: [STAND[at]] for one, at in zip(staying, POSITIONS, strict=True)}
    to_the_end(shift, staying[1:2])
    assert totals(staying) == [1, 10, 1_000, 0]
    assert not Visit.objects.filter(contact_id__in=going).exists()
    assert statistics(api, campaign)["active"] == 1
