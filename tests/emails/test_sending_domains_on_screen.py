"""Sending domains on screen: made, their records checked one by one, keys changed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from emails.models import SigningDomain, SigningKey
from emails.services import records, signing
from tests.dns_server import NameServer
from tests.resource_contract import ResourceContract

SPF, DMARC = "v=spf1 include:_spf.example.net ~all", "v=DMARC1; p=none"


class TestDomains(ResourceContract):
    base = "/settings/domains"
    kind = "preferences"
    named = "domain"
    owned = versioned = editable = False

    def make(self, number: int, owner: User | None = None) -> SigningDomain:
        # Keys are slow to make, and no list needs them.
        return SigningDomain.objects.create(domain=f"d{number:02}.example.com")

    def fields(self, number: int) -> dict[str, Any]:
        return {"domain": f"d{number:02}.example.com", "selector": "relais1"}

    def confirmed(self, item: Any) -> dict[str, Any]:
        return {"typed": item.domain}

    def shown(self, item: Any) -> str:
        return str(item.domain)

    def test_one_press_destroys_no_key(self, screen: Client):
        item = self.make(1)
        screen.post(f"{self.base}/{item.pk}/delete")
        assert SigningDomain.objects.filter(pk=item.pk).exists()


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def server(settings: Any) -> Iterator[NameServer]:
    found = NameServer({})
    settings.DNS_SERVERS = [f"127.0.0.1:{found.port}"]
    yield found
    found.close()


def verdicts(screen: Client, number: int) -> dict[str, str]:
    answer = screen.post(f"/settings/domains/{number}/check")
    assert answer.status_code == 200
    return {one.record.name: str(one.verdict) for one in answer.context["findings"]}


@pytest.mark.django_db
def test_each_record_is_checked_by_itself(screen: Client, server: NameServer):
    screen.post("/settings/domains/new", {"domain": "News.Example.com", "selector": "mail1"})
    domain = SigningDomain.objects.get(domain="news.example.com")
    page = screen.get(f"/settings/domains/{domain.pk}").content.decode()
    key = f"mail1._domainkey.{domain.domain}"
    assert key in page
    assert "Check now" in page
    assert "PRIVATE" not in page
    names = (key, "news.example.com", "_dmarc.news.example.com")
    assert verdicts(screen, domain.pk) == dict.fromkeys(names, "missing")
    value = signing.record_of(SigningKey.objects.get())["value"]
    server.texts |= {
        # As some panels keep it: spaces inside, other tags beside.
        key: [value.replace("p=MIIB", "t=s; p=MIIB ")],
        "news.example.com": ["google-site-verification=x", SPF],
        # That of the domain above it holds, too.
        "_dmarc.example.com": [DMARC],
    }
    assert verdicts(screen, domain.pk) == dict.fromkeys(names, "found")
    server.texts |= {
        key: ["v=DKIM1; p=MIIBother"],
        "news.example.com": [SPF, "v=spf1 -all"],
        "_dmarc.news.example.com": ["v=DMARC1; p=maybe"],
    }
    assert verdicts(screen, domain.pk) == dict.fromkeys(names, "differs")
    server.texts |= dict.fromkeys(names)
    assert verdicts(screen, domain.pk) == dict.fromkeys(names, "unknown")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["v=spf1 +all", "v=spf1 a all", "v=spf1 ip4:192.0.2.1 -all"])
def test_a_record_that_lets_everybody_or_somebody_else_send_is_no_good_one(
    text: str, server: NameServer
):
    owner = SigningDomain(domain="example.com")
    server.texts["example.com"] = [text]
    (finding,) = records.check([records._spf(owner.domain)])
    assert finding.verdict == records.Verdict.DIFFERS


@pytest.mark.django_db
def test_a_key_is_followed_by_the_next(screen: Client, server: NameServer):
    screen.post("/settings/domains/new", {"domain": "example.com", "selector": "relais1"})
    domain = SigningDomain.objects.get()
    here = f"/settings/domains/{domain.pk}"
    screen.post(f"{here}/rotate")
    page = screen.get(here).content.decode()
    assert "Sign with relais2…" in page
    assert "relais2._domainkey.example.com" in page
    assert "already waits" in screen.post(f"{here}/rotate", follow=True).content.decode()
    screen.post(f"{here}/activate")
    states = dict(SigningKey.objects.values_list("selector", "state"))
    assert states == {"relais1": "retired", "relais2": "active"}
    told = list(AuditEntry.objects.filter(kind="preferences").values_list("verb", flat=True))
    assert told[-3:] == ["create", "rotate", "activate"]
    assert screen.post(f"{here}/nonsense").status_code == 404


@pytest.mark.django_db
def test_faults_are_told_at_their_field_and_a_domain_is_taken_once(screen: Client):
    sent = {"domain": "example.com", "selector": "relais1"}
    for wrong in ({"domain": "x y"}, {"selector": "A b"}, {"domain": ""}):
        answer = screen.post("/settings/domains/new", sent | wrong)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == list(wrong)
    assert screen.post("/settings/domains/new", sent).status_code == 302
    assert screen.post("/settings/domains/new", sent).status_code == 422
    assert SigningDomain.objects.count() == 1
