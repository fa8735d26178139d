"""SEC-30: what our writer writes, Python's own reader reads back, whatever the values hold."""

import email
import email.policy
import email.utils
from email.header import decode_header, make_header

from hypothesis import given
from hypothesis import strategies as st

from emails.mime import write
from tests.emails.letters import NOW, letter

HOSTILE = [
    "x\r\nBcc: victim@x.example",
    "x\nBcc: victim@x.example\n\nbody",
    "x\rBcc: y",
    "a\x00b",
    "a\u2028b\x85c\x0bd\x0ce",
    "\r\n.\r\n",
    "=?utf-8?q?Bcc=3A_x?=",
    '"quoted" \\ back, comma; <x@y.example>',
    "Zoé à Nîmes — €5 🎉" * 12,
    "word " * 60,
    "x" * 500,
    " ",
    "\ud800",
]
texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=200))


def read(raw):
    assert raw.isascii()
    assert b"\x00" not in raw
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    return email.message_from_bytes(raw, policy=email.policy.default)


def one_line(text):
    breaks = "\x85\u2028\u2029\x7f" + "".join(map(chr, range(33)))
    spaced = "".join(" " if sign in breaks else sign for sign in text)
    words = " ".join(part for part in spaced.split(" ") if part).strip()
    return words.encode("utf-8", "replace").decode()


def display_name(raw):
    """Read by the older reader: the newer one leaves spaces between encoded words of names."""
    header = email.message_from_bytes(raw, policy=email.policy.compat32)["From"]
    name, _ = email.utils.parseaddr(header.replace("\r\n", ""))
    return one_line(str(make_header(decode_header(name))))


@given(subject=texts, name=texts, list_id=texts, feedback=texts, further=texts)
def test_a_value_never_makes_another_header(subject, name, list_id, feedback, further):
    raw = write(
        letter(
            subject=subject,
            from_name=name,
            to_name=name,
            list_id=list_id,
            feedback_id=feedback,
            headers=(("X-Campaign", further),),
        )
    )
    mail = read(raw)
    expected = ["From", "To", "Subject", "Date", "Message-ID"]
    expected += ["List-Id"] * bool(list_id) + ["Feedback-ID"] * bool(feedback)
    assert mail.keys() == [*expected, "X-Campaign", "MIME-Version", "Content-Type"]
    assert mail["Subject"] == one_line(subject[:900])
    assert mail["X-Campaign"] == one_line(further)
    (sender,) = mail["From"].addresses
    assert sender.addr_spec == "shop@x.example"
    assert display_name(raw) == one_line(one_line(name)[:200])
    assert [address.addr_spec for address in mail["To"].addresses] == ["zoe@y.example"]


@given(text=texts, html=texts)
def test_both_bodies_read_back_as_they_were(text, html):
    mail = read(write(letter(text=text, html=f"<p>{html}")))
    assert mail.get_content_type() == "multipart/alternative"
    plain, rich = mail.get_payload()

    def as_sent(part):
        return part.get_payload(decode=True).decode().replace("\r\n", "\n").rstrip("\n")

    def as_given(body):
        body = body.replace("\r\n", "\n").replace("\r", "\n")
        return body.encode("utf-8", "replace").decode().rstrip("\n")

    assert plain.get_content_type() == "text/plain"
    assert as_sent(plain) == as_given(text)
    assert as_sent(rich) == as_given(f"<p>{html}")
    assert not mail.defects
    assert not plain.defects


def test_a_mail_without_html_has_one_part():
    mail = read(write(letter(html="", text="Zoé\n.\nFrom me ")))
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content() == "Zoé\r\n.\r\nFrom me \r\n"


def test_a_bulk_mail_carries_one_click_unsubscription():
    raw = write(
        letter(
            unsubscribe_url="https://t.example/u/abc.DEF-_",
            unsubscribe_address="leave@x.example",
            reply_to="answers@x.example",
        )
    )
    mail = read(raw)
    assert mail["List-Unsubscribe"] == (
        "<https://t.example/u/abc.DEF-_>, <mailto:leave@x.example?subject=unsubscribe>"
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Reply-To"] == "answers@x.example"
    assert mail["Date"].datetime == NOW
