"""SEC-38, SEC-40, SEC-42: an address in a mail does one thing, for one person."""

import statistics
import time
from urllib.parse import quote

import pytest
from django.test import Client

from contacts.models import Contact, DoNotContact
from emails.models import Delivery
from kernel.models import Event
from tests.emails.following import Mail, copied
from tests.emails.people import make_contact
from tracking.tokens import make, make_click

pytestmark = pytest.mark.django_db
HTML = (
    '<p><a href="https://example.com/offer?a=1">see</a> {{ contact.first_name }}'
    ' <a href="{{ unsubscribe_url }}">out</a> <a href="{{ preferences_url }}">choose</a>'
    ' <a href="{{ webview_url }}">web</a></p>'
)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
EVIL = (
    *("//evil.example", "https:evil.example", "\\\\evil.example", "javascript:alert(1)"),
    *("https://user@evil.example", "https://evil.example", "data:text/html,x", " https://a b"),
)


def closed() -> list[int]:
    return sorted(DoNotContact.objects.values_list("contact_id", flat=True))


def test_sec_38_no_destination_but_the_one_in_the_mail_is_followed():
    browser, mail = Client(), Mail(make_contact(), html=HTML)
    path = mail.paths("c")[0]
    for evil in EVIL:
        for changed in (
            f"/e/c/{quote(evil, safe='')}",
            f"{path}{quote(evil, safe='')}",
            f"{path}/{evil}",
            path[:-4] + quote(evil, safe="")[:4],
            "/e/c/" + make("click", mail.delivery.pk, 1, evil).replace(".", "%2e%2e"),
            "/e/c/" + make("open", mail.delivery.pk, 1, evil),
        ):
            assert "Location" not in browser.get(changed), changed
        for added in (f"?url={evil}", f"?next={evil}", f"?{evil}"):
            assert browser.get(path + added)["Location"] == "https://example.com/offer?a=1"
        if not evil.startswith("https://"):
            with pytest.raises(ValueError, match="web"):
                make_click(mail.delivery.pk, 1, evil)


def test_sec_38_a_destination_never_splits_the_answer():
    place = "https://example.com/à\r\nSet-Cookie: x=1"
    answer = Client().get("/e/c/" + make("click", 7, 1, place))
    assert answer.status_code < 500
    assert "Set-Cookie" not in answer
    assert answer["Location"] == "https://example.com/%C3%A0%0D%0ASet-Cookie:%20x=1"


def test_sec_42_one_persons_address_never_acts_on_another():
    mine = Mail(make_contact(), html=HTML)
    theirs = Mail(make_contact("yves@example.com"), html=HTML)
    browser = Client(enforce_csrf_checks=True)
    mixed = "/e/u/" + make("unsubscribe", mine.delivery.pk, theirs.delivery.contact_id)
    browser.post(mixed, ONE_CLICK)
    # The ledger knows whose message it is; what else a token says about it counts for nothing.
    assert closed() == [mine.delivery.contact_id]
    for path in (*theirs.paths("v"), *theirs.paths("c"), "/e/o/" + make("open", 1)):
        token = path.rpartition("/")[2]
        assert browser.post(f"/e/u/{token}", ONE_CLICK).content == b"OK"
        browser.post(f"/e/p/{token}", {"receives": ""})
    assert closed() == [mine.delivery.contact_id]


def test_sec_42_looking_changes_nothing_whatever_looks():
    """GET and HEAD of every address of a mail, with every header a scanner may send."""
    mail, browser = Mail(make_contact(), html=HTML), Client()
    paths = [path for kind in "upv" for path in mail.paths(kind)]
    assert len(paths) >= 3
    before = list(Delivery.objects.values()), Event.objects.count()
    for path in paths:
        for verb in (browser.get, browser.head):
            for query in ("", "?List-Unsubscribe=One-Click", "?undo=1"):
                answer = verb(path + query, headers={"list-unsubscribe": "One-Click"})
                assert answer.status_code == 200
                assert "noindex" in answer["X-Robots-Tag"]
    copied()
    assert closed() == []
    assert (list(Delivery.objects.values()), Event.objects.count()) == before


def test_sec_42_wrong_and_foreign_tokens_take_the_same_time():
    right = "/e/u/" + make("unsubscribe", 10**9, 10**9)
    wrong = right[:-2] + ("AA" if right[-2:] != "AA" else "BB")
    browser, took = Client(), {right: [], wrong: []}
    for _time in range(15):
        for path, times in took.items():
            began = time.perf_counter()
            assert browser.get(path).status_code == 200
            times.append(time.perf_counter() - began)
    first, second = (statistics.median(times) for times in took.values())
    # A signature that is right costs the look for its person, two short queries, and no more.
    assert abs(first - second) < 0.02


def test_the_web_view_shows_what_was_sent_after_the_email_was_edited(api):
    mail = Mail(make_contact(), html=HTML)
    [path] = mail.paths("v")
    at = f"/api/v1/emails/{mail.delivery.email_id}"
    answer = api.patch(at, {"html": "<p>Quite another {{ contact.first_name }}</p>"})
    assert answer.status_code == 200, answer.content
    browser = Client()
    page = browser.get(path)
    assert "example.com/offer" in page.content.decode()
    assert "another" not in page.content.decode()
    assert page["Cache-Control"].startswith("no-store")
    Contact.objects.filter(pk=mail.delivery.contact_id).delete()
    gone, wrong = browser.get(path), browser.get("/e/v/x")
    assert gone.content == wrong.content
    assert gone.status_code == wrong.status_code == 200
