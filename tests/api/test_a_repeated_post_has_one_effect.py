"""`Idempotency-Key`: one effect and one answer, in parallel too (REL-59)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import Role, User
from api.idempotency import forget
from api.models import IdempotencyKey
from kernel import clock
from tests.cast import client_of

ROLES = "/api/v1/roles"


def post(api: APIClient, key: str, name: str = "Editors", **more: object):
    body = {"name": name, "rights": {}, **more}
    return api.post(ROLES, body, HTTP_IDEMPOTENCY_KEY=key)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_have_one_effect_and_one_answer(alice: User):
    def one(_number: int) -> tuple[int, bytes]:
        try:
            answer = post(client, "twenty")
            return answer.status_code, answer.content
        finally:
            connection.close()

    client = client_of(alice)
    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(one, range(20)))
    assert len(answers) == 1, answers
    assert answers.pop()[0] == 201
    assert Role.objects.filter(name="Editors").count() == 1
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_the_second_answer_is_the_first_again(self, api: APIClient):
        first, second = post(api, "k"), post(api, "k")
        assert first.content == second.content
        assert first.status_code == second.status_code == 201
        assert second["Idempotency-Replayed"] == "true"
        assert second["Content-Type"] == "application/json"

    def test_the_order_of_keys_in_the_body_does_not_matter(self, api: APIClient):
        post(api, "k")
        raw = b'{"rights": {}, "name": "Editors"}'
        again = api.generic(
            "POST", ROLES, raw, content_type="application/json", HTTP_IDEMPOTENCY_KEY="k"
        )
        assert again.status_code == 201

    def test_another_body_is_422(self, api: APIClient):
        post(api, "k")
        answer = post(api, "k", "Others")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
        assert not Role.objects.filter(name="Others").exists()

    def test_another_address_is_422(self, api: APIClient):
        post(api, "k")
        answer = api.post("/api/v1/tokens", {"name": "T"}, HTTP_IDEMPOTENCY_KEY="k")
        assert answer.status_code == 422

    def test_keys_of_two_users_are_two_keys(self, api: APIClient, alice: User):
        post(api, "k")
        eve = User.objects.create_user("eve@example.com", None, role=alice.role)
        assert post(client_of(eve), "k", "Others").status_code == 201

    def test_a_refused_request_leaves_its_key_free(self, api: APIClient):
        assert post(api, "k", nmae=1).status_code == 400
        assert not IdempotencyKey.objects.exists()
        assert post(api, "k").status_code == 201

    def test_a_key_is_kept_for_a_day(self, api: APIClient):
        post(api, "k")
        with time_machine.travel(clock.now() + timedelta(hours=23, minutes=59)):
            assert post(api, "k", "Others").status_code == 422
        with time_machine.travel(clock.now() + timedelta(hours=24, minutes=1)):
            assert post(api, "k", "Others").status_code == 201

    def test_old_keys_are_forgotten(self, api: APIClient):
        post(api, "k")
        assert forget(clock.now()) == 1
        assert not IdempotencyKey.objects.exists()

    @pytest.mark.parametrize("key", ["", " ", "a b", "\N{PILE OF POO}", "x" * 256, "a\tb"])
    def test_a_key_nobody_could_mean_is_400(self, api: APIClient, key: str):
        assert post(api, key).status_code == 400
