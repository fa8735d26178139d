"""A token of the address that is empty, or dots alone, makes no call: it means another."""

import pytest

from campaigns.models import Step
from contacts.models import Contact
from tests.journey import bring, graph, node, people, run
from tests.settle import settle
from tests.web_server import WebServer
from webhooks.models import Post

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    return WebServer(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize(
    ("method", "path", "city"),
    [
        *((method, "in/{{ contact.city }}", "") for method in ("GET", "POST", "PUT", "DELETE")),
        ("PATCH", "in/x-{{ contact.city }}/y", " "),
        ("POST", "{{ contact.city }}/delete", ".."),
        ("DELETE", "in/.{{ contact.city }}", "."),
        ("DELETE", "in/%2e{{ contact.city }}", "."),
        ("DELETE", "in/{{ contact.city }}{{ contact.city }}", "."),
        ("DELETE", "in/{{ event.nothing }}", "Ems"),
        ("DELETE", "in?id={{ contact.city }}", ""),
    ],
)
def test_no_call_is_made_whose_address_has_no_value(api, server, method, path, city):
    zoe, max_ = people(2)
    Contact.objects.filter(pk=zoe).update(city=city)
    Contact.objects.filter(pk=max_).update(city="Bad.Ems")
    call = node("call", "action", "webhooks.post", url=server.url + path, method=method)
    bring(api, run(api, graph([call], "start>call")), [zoe, max_])
    settle()
    lead = Step.objects.get(contact_id=zoe).error
    assert lead.startswith("The address has no value for {{ ")
    assert not Post.objects.filter(contact_id=zoe).exists()
    assert len(server.requests) == (0 if "event" in path else 1)


def test_no_field_of_a_call_that_deletes_is_without_value(api, server):
    [zoe] = people(1)
    pairs = [{"name": "id", "value": "{{ contact.city }}"}]
    call = node("call", "action", "webhooks.post", url=server.url, method="DELETE", pairs=pairs)
    bring(api, run(api, graph([call], "start>call")), [zoe])
    settle()
    assert not server.requests
    assert "{{ contact.city }}" in Step.objects.get(contact_id=zoe).error
