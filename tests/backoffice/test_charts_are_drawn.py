"""Charts: one look for all, on scales that hold every value, with the same as a table."""

import re
from itertools import pairwise

import pytest
from django.template.loader import render_to_string

from backoffice.charts import HEIGHT, TOP, Series, draw

NAMES = [f"day {number}" for number in range(10)]


@pytest.mark.parametrize("most", [1, 3, 4, 7, 19, 99, 100, 101, 12_345, 1_000_000, 7 * 10**9])
def test_everything_fits_and_the_grid_has_whole_numbers(most: int):
    chart = draw(NAMES, [Series("Mails", [most, *[0] * 9])], "Mails")
    assert chart
    ((_hue, _x, y, height),) = chart.bars
    assert float(y) >= TOP
    assert float(y) + float(height) == pytest.approx(HEIGHT, abs=0.2)
    tops = [int(re.sub(r"\D", "", left)) for _y, left, _right in chart.grid]
    assert tops[0] == 0
    assert tops[-1] >= most
    steps = {after - before for before, after in pairwise(tops)}
    assert len(steps) == 1


def test_bars_lie_upon_each_other_and_a_line_has_its_own_scale():
    series = [
        Series("Opened", [4] * 10, 1),
        Series("Clicked", [2] * 10, 2),
        Series("People", [900] * 10, 3, line=True, apart=True),
    ]
    chart = draw(NAMES, series, "All")
    assert chart
    first, second = chart.bars[:2]
    assert float(second[2]) + float(second[3]) < float(first[2])
    assert chart.grid[-1][1:] == ("8", "1,200")
    assert len(chart.lines) == 1
    assert chart.two_scales


def test_the_table_tells_what_the_picture_shows():
    series = [Series("Entered", [0, 3], drawn=False), Series("Members", [5, 8], line=True)]
    chart = draw(["Monday", "Tuesday"], series, "From 5 to 8", rows=[0, 1])
    html = render_to_string("backoffice/chart.html", {"chart": chart, "first": "Day"})
    assert 'aria-label="From 5 to 8"' in html
    assert re.findall(r"<t[hd][^>]*>([^<]+)</t", html) == [
        *("Day", "Entered", "Members"),
        *("Tuesday", "3", "8", "Monday", "0", "5"),
    ]
    assert "style=" not in html
    assert "<title>Tuesday · Members: 8</title>" in html


def test_nothing_is_drawn_of_nothing():
    assert draw(NAMES, [Series("Mails", [0] * 10)], "Mails") is None
    assert draw([], [Series("Mails", [])], "Mails") is None
