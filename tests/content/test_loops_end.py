"""Loops go over the items of an event, and end."""

import time

import pytest

from content.problems import RenderRefused
from content.templates import compile_template
from content.tokens import TokenSet


def rendered(source, values):
    return compile_template(source, "text", TokenSet.of([])).render(values)


def test_a_loop_goes_over_the_items_of_an_event_two_levels_deep():
    source = (
        "{% for order in event.orders %}{{ loop.index }}:{% for line in order.lines %}"
        "{{ line.name }}x{{ line.count }}{% if not loop.last %},{% endif %}{% endfor %};"
        "{% else %}none{% endfor %}"
    )
    lines = [{"name": "Tea", "count": 2}, {"name": "Cup", "count": 1}]
    assert rendered(source, {"event": {"orders": [{"lines": lines}, {}]}}) == "1:Teax2,Cupx1;2:;"
    assert rendered(source, {"event": {}}) == "none"


def test_a_loop_ends_after_200_items():
    source = "{% for item in event.items %}.{% endfor %}"
    assert len(rendered(source, {"event": {"items": list(range(5000))}})) == 200


def test_a_message_larger_than_a_megabyte_is_stopped_while_it_grows():
    source = "{% for a in event.x %}{% for b in event.x %}{{ a }}{% endfor %}{% endfor %}"
    with pytest.raises(RenderRefused) as refused:
        rendered(source, {"event": {"x": ["y" * 100_000] * 200}})
    assert refused.value.code == "too_large"


def test_loops_that_together_take_too_long_are_stopped():
    loops = "{% for a in event.x %}{% for b in event.x %}{% endfor %}{% endfor %}" * 400
    began = time.thread_time()
    with pytest.raises(RenderRefused):
        rendered(loops, {"event": {"x": list(range(200))}})
    assert time.thread_time() - began < 1
