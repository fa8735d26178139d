"""Undo counts once, however often it is sent; each change has an undo of its own."""

import pytest
from django.test import Client

from accounts.models import User
from tests.contacts.test_bulk_actions_are_taken_back import told, undo
from tests.contacts.test_bulk_actions_on_screen import do, people
from tests.journey import totals

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_points_are_taken_back_once(screen: Client):
    [zoe] = people(1)
    do(screen, "points", [zoe], delta=5)
    token = told(screen)[1]
    assert totals([zoe]) == [5]
    assert undo(screen, token) == "Undone"
    assert undo(screen, token) == "Undo was pressed before; nothing more was changed."
    assert totals([zoe]) == [0]


def test_the_same_change_made_twice_is_taken_back_twice(screen: Client):
    [zoe] = people(1)
    tokens = []
    for _time in range(2):
        do(screen, "points", [zoe], delta=5)
        tokens.append(told(screen)[1])
    for token in tokens:
        undo(screen, token)
    assert totals([zoe]) == [0]
