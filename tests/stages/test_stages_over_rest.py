"""Stages over the REST API."""

from tests.api_contract import ApiContract, Body


class TestStages(ApiContract):
    path = "/api/v1/stages"

    def body(self, number: int) -> Body:
        return {"name": f"Stage {number}", "weight": number}


def test_a_number_out_of_range_is_said_in_plain_words(api):
    answer = api.post("/api/v1/stages", {"name": "Lead", "weight": 2**40})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"].startswith("This number is too large: at most ")
