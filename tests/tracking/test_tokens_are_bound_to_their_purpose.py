"""SEC-38, SEC-40, SEC-42: a link's token is good for one purpose, one person, one destination."""

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.tokens import PURPOSES, Click, make, make_click, read, read_click

DESTINATION = "https://shop.example/café?a=1&b=2#top"
payloads = st.lists(st.one_of(st.integers(), st.text()), max_size=4).map(tuple)


@given(purpose=st.sampled_from(sorted(PURPOSES)), payload=payloads)
def test_a_token_gives_back_what_was_put_in(purpose, payload):
    assert read(purpose, make(purpose, *payload)) == payload


def test_a_click_names_the_message_the_link_and_the_destination():
    token = make_click(7_000_000_001, 3, DESTINATION)
    assert read_click(token) == Click(7_000_000_001, 3, DESTINATION)
    assert len(token) < 110


def test_a_token_for_one_purpose_is_none_for_another():
    for made in PURPOSES:
        token = make(made, 12, 34)
        assert [asked for asked in PURPOSES if read(asked, token)] == [made]


def test_one_changed_bit_anywhere_makes_it_worthless():
    token = make_click(12, 1, DESTINATION)
    raw = token.encode()
    for at in range(len(raw)):
        for bit in range(8):
            changed = bytearray(raw)
            changed[at] ^= 1 << bit
            assert read("click", changed.decode("latin-1")) is None


@given(token=st.text(max_size=80))
def test_anything_else_is_no_token(token):
    for known in (token, f"test.{token}"):
        assert read("unsubscribe", known) is None
        assert read_click(known) is None


@pytest.mark.parametrize("added", ["=", "==", "A", "A" * 4, " ", "\n", ".x", "?url=//evil.example"])
def test_nothing_may_be_added(added):
    token = make_click(12, 1, DESTINATION)
    assert read_click(token + added) is None
    assert read_click(added + token) is None


def test_a_token_of_an_older_key_is_read_until_the_key_is_gone(settings):
    settings.LINK_KEYS = {"a": "first key"}
    old = make("unsubscribe", 1)
    settings.LINK_KEYS = {"b": "second key", "a": "first key"}
    assert make("unsubscribe", 1).startswith("b.")
    assert read("unsubscribe", old) == (1,)
    settings.LINK_KEYS = {"b": "second key"}
    assert read("unsubscribe", old) is None
    settings.LINK_KEYS = {"a": "another key under the same id"}
    assert read("unsubscribe", old) is None


@pytest.mark.parametrize(
    "destination",
    [
        "//evil.example",
        "https:evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/path",
        "",
    ],
)
def test_a_click_leads_to_the_web_or_nowhere(destination):
    with pytest.raises(ValueError, match="web"):
        make_click(1, 1, destination)
    assert read_click(make("click", 1, 1, destination)) is None


def test_a_token_of_a_wrong_shape_is_no_click():
    assert read_click(make("click", 1)) is None
    assert read_click(make("click", "1", 1, DESTINATION)) is None


@pytest.mark.parametrize("key", ["short", "k" * 64, "long " * 40])
def test_the_code_is_the_standard_one(settings, key):
    settings.LINK_KEYS = {"a": key}
    raw = base64.urlsafe_b64decode(make("open", 5, "é").removeprefix("a.") + "==")
    expected = hmac.digest(key.encode(), b'open\x005,"\xc3\xa9"', "sha256")[:16]
    assert raw == expected + b'5,"\xc3\xa9"'


def test_an_unknown_purpose_cannot_be_signed():
    with pytest.raises(ValueError, match="purpose"):
        make("login", 1)
    assert read("login", make("open", 1)) is None
