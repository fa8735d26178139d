"""The difference between those who went and those held out is certain only where it is."""

import pytest

from campaigns.services.goal_rates import Share, lift

# Table II of Newcombe 1998, method 10.
KNOWN = [
    ((70, 56), (80, 48), 0.0524, 0.3339),
    ((10, 9), (10, 3), 0.1705, 0.8090),
    ((7, 6), (7, 2), 0.0582, 0.8062),
    ((56, 5), (29, 0), -0.0381, 0.1926),
    ((10, 0), (20, 0), -0.1611, 0.2775),
    ((10, 0), (10, 0), -0.2775, 0.2775),
    ((10, 10), (20, 0), 0.6791, 1.0000),
    ((10, 10), (10, 0), 0.6075, 1.0000),
]


@pytest.mark.parametrize(("went", "held", "low", "high"), KNOWN)
def test_the_interval_is_that_of_the_books(went, held, low, high):
    found = lift(Share(*went), Share(*held))
    assert found is not None
    assert (round(found["low"], 4), round(found["high"], 4)) == (low, high)
    assert found["certain"] == (low > 0)


def test_nobody_of_few_held_out_proves_nothing():
    found = lift(Share(51, 5), Share(9, 0))
    assert found is not None
    assert found["low"] < 0 < found["high"]
    assert not found["certain"]


def test_without_anybody_there_is_no_difference():
    assert lift(Share(0, 0), Share(9, 0)) is None
    assert lift(Share(9, 1), Share(0, 0)) is None
