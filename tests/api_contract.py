"""What every resource of the REST API promises: inherit it, say how to make one, get the tests.

    class TestSegments(ApiContract):
        path = "/api/v1/segments"
        change = {"name": "Renamed"}

        def body(self, number): return {"name": f"Segment {number}", "filter": None}

Switch off what a resource lacks (`owned`, `versioned`, `deletable`, `editable`).
"""

from typing import Any, ClassVar

import pytest
from rest_framework.test import APIClient

Body = dict[str, Any]
HOSTILE = [
    "1); SELECT pg_sleep(5)--",
    "id desc nulls last",
    "name,(select 1)",
    "owner__password",
    "%",
    "\N{LATIN SMALL LETTER DOTLESS I}d",
]


@pytest.mark.django_db
class ApiContract:
    path: ClassVar[str]
    change: ClassVar[Body] = {"name": "Changed"}
    # Items belong to a user, so Dora sees only hers.
    owned: ClassVar[bool] = True
    versioned: ClassVar[bool] = True
    editable: ClassVar[bool] = True
    deletable: ClassVar[bool] = True

    def body(self, number: int) -> Body:
        """Return the body of a POST that makes an item; each number another one."""
        raise NotImplementedError

    def make(self, client: APIClient, number: int = 0) -> Body:
        answer = client.post(self.path, self.body(number))
        assert answer.status_code == 201, answer.content
        made: Body = answer.json()
        return made

    def test_a_made_item_reads_back_the_same(self, api: APIClient):
        made = self.make(api)
        assert isinstance(made["id"], str)
        assert api.get(f"{self.path}/{made['id']}").json() == made

    def test_pages_lose_and_repeat_nothing_while_others_insert(self, api: APIClient):
        made = [self.make(api, number)["id"] for number in range(3)]
        first = api.get(self.path, {"limit": 2}).json()
        self.make(api, 99)
        seen, page = [row["id"] for row in first["results"]], first
        while page["next"]:
            page = api.get(self.path, {"limit": 2, "cursor": page["next"]}).json()
            seen += [row["id"] for row in page["results"]]
        assert [i for i in seen if i in made] == made[::-1]
        assert len(seen) == len(set(seen))

    @pytest.mark.parametrize("sort", HOSTILE)
    def test_a_sort_outside_the_list_is_refused(self, api: APIClient, sort: str):
        answer = api.get(self.path, {"sort": sort})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "sort")

    def test_unknown_parameters_and_keys_are_refused(self, api: APIClient):
        for answer in (
            api.get(self.path, {"nmae": "x"}),
            api.post(self.path, {**self.body(0), "nmae": "x"}),
        ):
            assert answer.status_code == 400
            assert ("nmae", "unknown_field") in _places(answer.json())

    def test_an_unknown_id_is_404(self, api: APIClient):
        for number in ("0", "999999999", "9223372036854775808", "x", "1;2"):
            answer = api.get(f"{self.path}/{number}")
            assert answer.status_code == 404, number
            assert answer.json()["errors"]

    def test_strangers_get_401_and_the_powerless_403(
        self, api: APIClient, stranger: APIClient, api_charlie: APIClient
    ):
        made = self.make(api)
        for client, status in ((stranger, 401), (api_charlie, 403)):
            assert client.get(self.path).status_code == status
            assert client.get(f"{self.path}/{made['id']}").status_code == status
            assert client.post(self.path, self.body(1)).status_code == status

    def test_a_viewer_cannot_write(self, api: APIClient, api_bob: APIClient):
        made = self.make(api)
        assert api_bob.post(self.path, self.body(1)).status_code == 403
        if self.editable:
            assert api_bob.patch(f"{self.path}/{made['id']}", self.change).status_code == 403
        if self.deletable:
            assert api_bob.delete(f"{self.path}/{made['id']}").status_code == 403

    def test_what_belongs_to_someone_else_is_not_there(self, api: APIClient, api_dora: APIClient):
        if not self.owned:
            pytest.skip("has no owner")
        theirs, hers = self.make(api, 1), self.make(api_dora, 2)
        at = f"{self.path}/{theirs['id']}"
        assert api_dora.get(at).status_code == 404
        assert api_dora.patch(at, self.change).status_code in {404, 405}
        assert api_dora.delete(at).status_code in {404, 405}
        assert [row["id"] for row in api_dora.get(self.path).json()["results"]] == [hers["id"]]
        assert api.get(at).status_code == 200

    def test_a_stale_edit_is_refused_with_the_current_one(self, api: APIClient):
        if not (self.versioned and self.editable):
            pytest.skip("has no version")
        made = self.make(api)
        at = f"{self.path}/{made['id']}"
        first = api.patch(at, {**self.change, "version": made["version"]})
        assert first.status_code == 200, first.content
        assert first.json()["version"] > made["version"]
        stale = api.patch(at, {**self.change, "version": made["version"]})
        assert stale.status_code == 409
        assert stale.json()["current"] == api.get(at).json()
        assert stale.json()["current"]["version"] == first.json()["version"]

    def test_a_change_with_an_unknown_key_changes_nothing(self, api: APIClient):
        if not self.editable:
            pytest.skip("cannot be edited")
        made = self.make(api)
        at = f"{self.path}/{made['id']}"
        assert api.patch(at, {**self.change, "nmae": 1}).status_code == 400
        assert api.get(at).json() == made

    def test_a_repeated_key_makes_one(self, api: APIClient):
        once = api.post(self.path, self.body(1), HTTP_IDEMPOTENCY_KEY="k1")
        again = api.post(self.path, self.body(1), HTTP_IDEMPOTENCY_KEY="k1")
        other = api.post(self.path, self.body(2), HTTP_IDEMPOTENCY_KEY="k1")
        assert (once.status_code, again.status_code, other.status_code) == (201, 201, 422)
        assert once.json()["id"] == again.json()["id"]

    def test_deleting_is_final(self, api: APIClient):
        if not self.deletable:
            pytest.skip("cannot be deleted")
        made = self.make(api)
        at = f"{self.path}/{made['id']}"
        assert api.delete(at).status_code == 204
        assert api.get(at).status_code == 404
        assert api.delete(at).status_code == 404


def _places(answer: Body) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in answer["errors"]]
