"""`docs/filters.md` says what the registries say, and its examples are filters."""

import pytest

from kernel.filters import contact_filters
from kernel.filters.manual import manual
from kernel.filters.tree import read
from kernel.management.commands.describe_filters import FILE

pytestmark = pytest.mark.django_db


def test_the_committed_page_is_current():
    assert FILE.read_text() == manual(), "Run: ./dev manage describe_filters --write"


def test_every_kind_of_condition_has_examples_that_can_be_read():
    for kind in contact_filters:
        assert kind.examples, kind.key
        for example in kind.examples:
            assert kind.names in example
            read(example)
