"""Forms inside say what may be left out; nothing is marked by a sign one has to know."""

import re

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db
OPTIONAL = re.compile(r'<label for="id_(\w+)" class="form-label">[^<]*<span class="optional">')


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_optional_is_said_and_required_is_not_marked(screen: Client):
    page = screen.get("/settings/users/new").content.decode()
    assert set(OPTIONAL.findall(page)) == {"first_name", "last_name"}
    assert "asteriskField" not in page


def test_a_choice_that_always_is_one_says_nothing(screen: Client):
    assert "density" not in OPTIONAL.findall(screen.get("/profile").content.decode())
    page = screen.get("/settings/tokens").content.decode()
    assert OPTIONAL.findall(page) == []


@pytest.mark.parametrize("path", ["/contacts/new", "/settings/workspace", "/settings/roles/new"])
def test_other_forms_are_drawn_with_their_labels(screen: Client, path: str):
    page = screen.get(path).content.decode()
    assert "asteriskField" not in page
    for field in re.findall(r'<select[^>]* id="(id_[^"]+)"', page):
        assert f'for="{field}"' in page, field
