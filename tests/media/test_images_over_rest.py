"""`media` over REST, as every resource."""

import pytest

from tests.api_contract import ApiContract, Body
from tests.media.drawing import drawn, in_base64

pytestmark = pytest.mark.django_db


class TestMedia(ApiContract):
    path = "/api/v1/media"

    def body(self, number: int) -> Body:
        return {"name": f"Image {number}", "alt": "Seen", "file": in_base64(drawn())}


def test_a_change_is_of_words_and_not_of_the_picture(api):
    made = api.post("/api/v1/media", {"file": in_base64(drawn())}).json()
    at = f"/api/v1/media/{made['id']}"
    changed = api.patch(at, {"alt": "A harbour"}).json()
    assert (changed["alt"], changed["url"]) == ("A harbour", made["url"])
    for body in ({"file": in_base64(drawn())}, {"name": " "}, {"format": "gif"}, {"name": "a\nb"}):
        assert api.patch(at, body).status_code == 400, body


def test_the_library_is_looked_through_in_a_few_statements(api, django_assert_max_num_queries):
    for number in range(5):
        body = {"name": f"Logo {number}", "file": in_base64(drawn())}
        assert api.post("/api/v1/media", body).status_code == 201
    with django_assert_max_num_queries(8):
        found = api.get("/api/v1/media", {"name": "logo", "limit": 4}).json()
    assert len(found["results"]) == 4
