"""What the design asks of the server: the mail with its marks, and a frame where nothing acts."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from emails.backoffice import preview
from emails.backoffice.forms import stored_ends
from emails.models import Email
from tests.emails.people import make_email

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_alice(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


MJML = (
    "<mjml><mj-body><mj-section><mj-column><mj-text{}>Hi {{{{ contact.first_name }}}}</mj-text>"
    "</mj-column></mj-section></mj-body></mjml>"
)


def asked(client: Client, mjml: str, **more: str) -> Any:
    values = {"mode": "mjml", "subject": "Hello", "mjml": mjml, **more}
    return client.post("/emails/preview", values).json()


def test_the_frame_runs_nothing(as_alice: Client):
    answer = as_alice.get("/emails/drawn?images")
    policy = answer["Content-Security-Policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "script-src" not in rules
    assert rules["sandbox"] == "allow-same-origin"
    assert rules["form-action"] == rules["base-uri"] == "'none'"
    assert rules["frame-ancestors"] == "'self'"
    assert "https:" not in as_alice.get("/emails/drawn")["Content-Security-Policy"]
    assert "<script" not in answer.content.decode()
    assert Client().get("/emails/drawn").status_code == 302


def test_the_canvas_is_the_mail_with_marks_and_the_mail_has_none(as_alice: Client):
    marked = MJML.format(' css-class="relais-b-0-0-0"')
    shown = asked(as_alice, MJML.format(""), marked=marked)
    assert "relais-b-0-0-0" in shown["canvas"]
    assert "relais-" not in shown["html"]
    assert shown["canvas"].replace(' class="relais-b-0-0-0"', "") == shown["html"]
    assert "canvas" not in asked(as_alice, MJML.format(""))


def test_a_faulty_mail_has_faults_of_its_own_source_alone(as_alice: Client):
    wrong = MJML.format(' colour="red').replace("mj-text colour", "mj-text  colour")
    shown = asked(as_alice, wrong, marked=wrong)
    assert {error["field"] for error in shown["errors"]} == {"mjml"}
    assert "canvas" not in shown
    script = MJML.format("").replace("Hi ", "<script>x()</script>")
    assert "canvas" not in asked(as_alice, script, marked=script)
    # Marks bring in nothing that the mail may not have.
    assert "canvas" not in asked(as_alice, MJML.format(""), marked=script)


def test_line_ends_stay_where_nobody_changed_anything(as_alice: Client):
    email = make_email(mjml=MJML.format("").replace("><", ">\r\n<"), html="", subject="Hello")
    values = {"name": "N", "subject": "Other", "mode": "mjml", "version": email.version}
    values["mjml"] = email.mjml.replace("\r\n", "\n")
    answer = as_alice.post(f"/emails/{email.pk}/edit", values)
    assert answer.status_code == 302, answer.content
    kept = Email.objects.get(pk=email.pk)
    assert (kept.subject, kept.mjml) == ("Other", email.mjml)


LINES = {
    "one changed": ("<a>\r\n<b>\r\n</c>\r\n", "<a>\n<B>\n</c>\n", "<a>\r\n<B>\r\n</c>\r\n"),
    "one more": ("<a>\r\n</c>\r\n", "<a>\n<b>\n</c>\n", "<a>\r\n<b>\r\n</c>\r\n"),
    "mixed": ("<a>\r\n<b>\n<c>\r<d>", "<a>\n<b>\n<c>\n<D>", "<a>\r\n<b>\n<c>\r<D>"),
    "moved": ("<a>\r\n<b>\r\n<c>\n", "<b>\n<a>\n<c>\n", "<b>\r\n<a>\r\n<c>\n"),
    "begun anew": ("<a>\r\n", "", ""),
    "of one kind": ("<a>\n<b>", "<a>\n<B>", "<a>\n<B>"),
}


@pytest.mark.parametrize("case", LINES)
def test_one_change_leaves_the_ends_of_other_lines(case: str):
    stored, typed, kept = LINES[case]
    assert stored_ends(typed, stored) == kept


def test_a_change_of_very_many_lines_is_not_compared_line_by_line():
    # Each against each would take minutes.
    words = [f"line {number % 150}" for number in range(32_000)]
    others = [f"line {number * 7 % 150}" for number in range(32_000)]
    typed = "\n".join(["same", *others, "same"])
    stored = "same\r" + "\r\n".join([*words, "same"])
    assert stored_ends(typed, stored) == "same\r" + "\r\n".join([*others, "same"])


def test_a_change_by_the_form_leaves_the_ends_of_other_lines(as_alice: Client):
    email = make_email(mjml=MJML.format("").replace("><", ">\r\n<"), html="", subject="Hello")
    values = {"name": "N", "subject": "Other", "mode": "mjml", "version": email.version}
    values["mjml"] = email.mjml.replace("Hi ", "Dear ")
    answer = as_alice.post(f"/emails/{email.pk}/edit", values)
    assert answer.status_code == 302, answer.content
    assert Email.objects.get(pk=email.pk).mjml == email.mjml.replace("Hi ", "Dear ")


def test_drafts_are_drawn_so_often_a_minute_and_no_more(
    as_alice: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(preview, "PER_MINUTE", 3)
    values = {"mode": "mjml", "subject": "Hello", "mjml": MJML.format("")}
    # A minute may begin on the way, two may not.
    codes = [as_alice.post("/emails/preview", values).status_code for _time in range(9)]
    assert codes[:3] == [200, 200, 200]
    assert set(codes) == {200, 429}
