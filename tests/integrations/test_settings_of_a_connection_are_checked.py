"""Settings and mapping of a connection: what is refused, and where it is wrong."""

import pytest
from django.test import Client

from integrations.models import Connection
from kernel.connectors import Connector, connectors
from tests.integrations.pushed import body
from tests.integrations.test_connections_as_a_resource import sent

pytestmark = pytest.mark.django_db
V1 = "/api/v1/connections"


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"base_url": "ftp://crm.example"}, "base_url"),
        ({"base_url": "https://me:pw@crm.example"}, "base_url"),
        ({"base_url": "https://crm.example/?key=1"}, "base_url"),
        ({"base_url": "http://[abc"}, "base_url"),
        ({"base_url": None}, "base_url"),
        ({"create_path": "https://evil.example/"}, "create_path"),
        ({"create_path": "//evil.example/"}, "create_path"),
        ({"update_path": "../../{id}"}, "update_path"),
        ({"update_path": "%2e%2e/{id}"}, "update_path"),
        ({"update_path": "..;a/{id}"}, "update_path"),
        ({"update_path": "Contact"}, "update_path"),
        ({"find_path": "Contact?email="}, "find_path"),
        ({"find_id": None}, "find_id"),
        ({"headers": "X-A: a\nno header"}, "headers"),
        ({"headers": "Authorization: Bearer x"}, "headers"),
        ({"header": "X A"}, "header"),
        ({"header": None}, "header"),
        ({"auth": "basic"}, "user"),
        ({"create_method": "DELETE"}, "create_method"),
        ({"secret": "sealed:abc"}, "secret"),
        ({"secret": 7}, "secret"),
        ({"more": "x"}, "more"),
    ],
)
def test_settings_that_cannot_be_taken_are_refused_by_name(api, settings, place):
    answer = api.post(V1, body(**settings))
    assert answer.status_code == 400
    assert f"settings.{place}" in answer.content.decode()
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ("text", "mapping"),
        (["text"], "mapping.0"),
        ([{"remote": "", "source": "contact.email"}], "mapping.0.remote"),
        ([{"remote": "a..b", "source": "contact.email"}], "mapping.0.remote"),
        ([{"remote": "a", "source": "contact.shoe"}], "mapping.0.source"),
        ([{"remote": "a", "source": "contact.email__x"}], "mapping.0.source"),
        ([{"remote": "a", "source": "contact.email", "empty": "maybe"}], "mapping.0.empty"),
        ([{"remote": "a", "source": "contact.email", "x": "y"}], "mapping.0.x"),
        ([{"remote": "a", "source": 3}], "mapping.0.source"),
        ([{"remote": one, "source": "text"} for one in ("a", "a.b")], "mapping.1.remote"),
        ([{"remote": one, "source": "text"} for one in ("a.b", "a.b")], "mapping.1.remote"),
    ],
)
def test_lines_that_cannot_be_filled_are_refused_by_number(api, lines, place):
    answer = api.post(V1, {**body(), "mapping": lines})
    assert answer.status_code == 400
    assert f'"{place}"' in answer.content.decode()


def test_a_connection_without_lines_cannot_be_switched_on(api):
    assert api.post(V1, {**body(), "active": True}).status_code == 400


def test_wrong_lines_are_told_by_number_on_screen_and_typing_is_kept(alice):
    screen = Client()
    screen.force_login(alice)
    form = sent(name="CRM", mapping_remote=["a b", "origin"])
    answer = screen.post("/settings/connections/new", form)
    assert answer.status_code == 422
    assert "Line 1" in answer.content.decode()
    assert 'value="a b"' in answer.content.decode()


def test_every_connector_keeps_the_contract():
    for kind in connectors:
        assert issubclass(kind, Connector)
        assert str(kind.label)
        assert kind.form().fields
        assert kind.servers({})
        assert kind.realm({})
        assert kind.secrets_needed({}) <= kind.form.base_fields.keys()
