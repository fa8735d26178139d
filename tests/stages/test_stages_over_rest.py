"""Stages over the REST API."""

from tests.api_contract import ApiContract, Body


class TestStages(ApiContract):
    path = "/api/v1/stages"

    def body(self, number: int) -> Body:
        return {"name": f"Stage {number}", "weight": number}
