"""A part of a page asked for after the session ended brings the page to the sign-in."""

import pytest
from django.test import Client

from tests.contacts.test_contacts_on_screen import add


@pytest.mark.django_db
def test_no_sign_in_stands_inside_a_page(client: Client):
    ada = add(email="a@example.com")
    for path in (f"/contacts/{ada.pk}/field?name=city", f"/contacts/{ada.pk}/timeline"):
        part = client.get(path, headers={"HX-Request": "true"})
        assert (part.status_code, part.headers.get("HX-Refresh")) == (204, "true")
        assert not part.content
        assert client.get(path)["Location"].startswith("/account/login?next=")
