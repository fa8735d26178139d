"""The health addresses answer."""

from http import HTTPStatus

import pytest
from django.test import Client


def test_live_answers_without_asking_anybody(client: Client) -> None:
    assert client.get("/health/live").status_code == HTTPStatus.OK


@pytest.mark.django_db
def test_ready_names_the_servers_it_asked(client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == HTTPStatus.OK
    assert answer.json()["checks"] == {"database": "ok", "broker": "ok"}
