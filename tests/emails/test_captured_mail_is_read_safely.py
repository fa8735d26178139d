"""The mailbox shows mails as their readers see them, without lending them any right (SEC-05)."""

from email.message import EmailMessage

import pytest

from emails.models import CapturedMail

pytestmark = pytest.mark.django_db
HOSTILE = '<svg onload=alert(1)><script>alert(2)</script><img src="https://foreign.example/x.png">'


def capture(subject: str, html: str, delivery_id: int | None = 1) -> CapturedMail:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "a@x.example", "b@x.example"
    message.set_content("Bonjour Zoé")
    message.add_alternative(html, subtype="html")
    return CapturedMail.objects.create(
        delivery_id=delivery_id,
        sender="a@x.example",
        recipients="b@x.example",
        subject=subject,
        raw=message.as_bytes(),
    )


def test_a_mail_is_shown_with_its_text_and_headers(client, alice):
    mail = capture("Été à Châteauroux", "<p>Bonjour</p>")
    client.force_login(alice)
    assert "Été à Châteauroux" in client.get("/mailbox").content.decode()
    page = client.get(f"/mailbox/{mail.pk}").content.decode()
    assert "Bonjour Zoé" in page
    assert "b@x.example" in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page


def test_the_html_has_no_script_and_no_foreign_image(client, alice):
    mail = capture("<script>alert(3)</script>", HOSTILE)
    client.force_login(alice)
    policy = client.get(f"/mailbox/{mail.pk}/body")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "img-src 'self' data:;" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "<script>alert(3)" not in client.get("/mailbox").content.decode()
    assert "<script>alert(3)" not in client.get(f"/mailbox/{mail.pk}").content.decode()


def test_mails_to_fellow_users_are_for_those_who_manage_users(client, alice, bob):
    reset = capture("Reset", "<a href=x>new password</a>", delivery_id=None)
    client.force_login(bob)
    assert "Reset" not in client.get("/mailbox").content.decode()
    assert client.get(f"/mailbox/{reset.pk}/source").status_code == 404
    client.force_login(alice)
    assert client.get(f"/mailbox/{reset.pk}/source").content == bytes(reset.raw)


def test_the_mailbox_is_paged(client, alice):
    for number in range(60):
        capture(f"Number {number}.", "<p>x</p>")
    client.force_login(alice)
    first = client.get("/mailbox").content.decode()
    assert "Number 59." in first
    assert "Number 9." not in first
    older = first.split('href="?before=')[1].split('"')[0]
    assert "Number 9." in client.get(f"/mailbox?before={older}").content.decode()
    assert client.get("/mailbox?before='%20OR%201").status_code == 200


def test_addresses_in_headers_are_links_and_all_else_stays_text(client, alice):
    mail = capture("Leave", "<p>Bonjour</p>")
    header = b"List-Unsubscribe: <https://x.example/?a=1&b=<i>>, <mailto:a@x.example>\r\n"
    CapturedMail.objects.filter(pk=mail.pk).update(raw=header + bytes(mail.raw))
    client.force_login(alice)
    page = client.get(f"/mailbox/{mail.pk}").content.decode()
    link = '<a href="https://x.example/?a=1&amp;b=" target="_blank" rel="noopener noreferrer">'
    assert link in page
    assert "<i>" not in page
    assert "&lt;mailto:a@x.example&gt;" in page
