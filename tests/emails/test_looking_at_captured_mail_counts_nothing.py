"""A captured mail that is looked at is no opening; its links count nothing, and say where to."""

import re

import pytest
from django.test import Client

from emails.models import CapturedMail
from tests.emails.following import HUMAN, Mail, copied, verdicts
from tests.emails.people import make_contacts

pytestmark = pytest.mark.django_db
BODY = (
    '<a href="https://shop.example/sale?a=1&amp;b=2">Sale</a>'
    ' <a href="{{ webview_url }}">Browser</a> <a href="{{ unsubscribe_url }}">Leave</a>'
)
# A full stop behind an address is none of it.
TEXT = "Sale: https://shop.example/sale?a=1&b=2. Leave: {{ unsubscribe_url }}. Bye."


@pytest.fixture
def mail() -> Mail:
    [contact] = make_contacts(1, "a.example")
    return Mail(contact, html=BODY, text=TEXT)


def captured(mail: Mail) -> str:
    return f"/mailbox/{CapturedMail.objects.get(delivery_id=mail.delivery.pk).pk}"


def fetched(html: str) -> None:
    """Load its pictures and press its links, as a browser and whoever sits before it do."""
    browser = Client(headers={"user-agent": HUMAN})
    for address in re.findall(r'(?:src|href)="https?://[a-z0-9.:]+(/e/[^"]+)"', html):
        browser.get(address)
    copied()


def test_who_looks_opens_and_clicks_nothing(client: Client, bob, mail: Mail):
    client.force_login(bob)
    at = captured(mail)
    # `?reader` is for whoever edits the email; Bob may only look.
    for address in (f"{at}/body", f"{at}/body?reader", f"{at}/body?images"):
        html = client.get(address).content.decode()
        assert 'href="https://shop.example/sale?a=1&amp;b=2"' in html
        assert f'href="{at}/body">Browser' in html
        assert 'href="#unsubscribe">Leave' in html
        assert "/e/" not in html
        fetched(html)
    page = client.get(at).content.decode()
    assert "https://shop.example/sale?a=1&amp;b=2" in page
    assert "[page to unsubscribe]" in page
    # Only the header of the mail tells it, as text.
    assert page.count("/e/") == 1
    assert not re.search(r'href="[^"]*/e/', page)
    assert "Open it as its reader" not in page
    assert (verdicts("emails.opened"), verdicts()) == ([], [])
    assert mail.row().opened_at is None


def test_who_edits_it_may_open_it_as_its_reader(client: Client, alice, mail: Mail):
    client.force_login(alice)
    at = captured(mail)
    page = client.get(at).content.decode()
    assert f'href="{at}/body?reader"' in page
    leave = re.search(r'<a href="([^"]+/e/u/[^"]+)" ([^>]+)>', page)
    assert leave
    assert leave[2] == 'target="_blank" rel="noopener noreferrer"'
    assert client.get(leave[1]).status_code == 200
    fetched(client.get(f"{at}/body?reader").content.decode())
    assert len(verdicts("emails.opened")) == 1
    assert len(verdicts()) == 1


def test_what_only_looks_like_ours_stays(client: Client, alice):
    [contact] = make_contacts(1, "b.example")
    mail = Mail(contact, html='<a href="#top">x</a><img src="https://other.example/e/o/1.png">')
    client.force_login(alice)
    html = client.get(f"{captured(mail)}/body").content.decode()
    assert "https://other.example/e/o/1.png" in html
