"""SEC-31: hostile addresses are refused by the one check every entry path uses."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.catalogue import CORE, FieldSpec
from contacts.values import ValueProblem, clean, display, normal

EMAIL = next(spec for spec in CORE if spec.alias == "email")
TYPES = ["text", "long_text", "html", "number", "boolean", "date", "datetime", "time", "email"]
TYPES += ["phone", "url", "select", "multiselect", "lookup", "country", "region", "locale"]


@pytest.mark.parametrize(
    "address",
    [
        '"a\r\nBcc: x"@d.example',
        "a\r\n@d.example",
        "a@d.example\r\nBcc: b@d.example",
        "a@d.example,b@d.example",
        "a@d.example;b@d.example",
        "a@d.example\x00",
        "a\x00@d.example",
        "a@d.example\u0000b",
        "Alice <a@d.example>",
        "a@p\u0430ypal.com",  # a Cyrillic letter in a Latin name
        "a@\u0430\u0440\u0440\u04cf\u0435.com",  # Cyrillic throughout, Latin to the eye
        "a@xn--pypal-4ve.com",  # the first of these, spelt in ASCII
        "\u0430@example.com",  # the local part is Cyrillic
        "a" * 10_000 + "@d.example",
        "a@" + "d" * 10_000 + ".example",
        "a" * 65 + "@d.example",
        "a@localhost",
        "a@[127.0.0.1]",
        "a@1.2.3.4",
        "a@-d.example",
        "a@d..example",
        "a..b@d.example",
        ".a@d.example",
        "a b@d.example",
        "@d.example",
        "a@",
        "a",
        "a@b@d.example",
        "a@d.example.",
        "a@xn--.example",
    ],
)
def test_sec_31_a_hostile_address_is_refused(address):
    with pytest.raises(ValueProblem) as refusal:
        clean(EMAIL, address)
    assert refusal.value.code in {"invalid_email", "imitating_domain"}


@given(st.text(max_size=40), st.sampled_from(["", "@", "@d.example", "@é.fr"]))
def test_whatever_is_accepted_is_one_plain_address_and_stays_itself(start, end):
    try:
        address = clean(EMAIL, start + end)
    except ValueProblem:
        return
    if address is None:
        return
    assert address.rpartition("@")[2].isascii()
    assert address.isprintable()
    assert address.count("@") == 1
    assert not set(address) & set(' ,;<>()"\\')
    assert clean(EMAIL, address) == address
    assert normal("email", address) == address.lower()
    assert display(EMAIL, address, "fr")


JUNK = st.one_of(
    st.text(max_size=30),
    st.text(st.sampled_from("0123456789-:.TZ+ ,eE@/"), max_size=25),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.decimals(),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@given(st.sampled_from(TYPES), JUNK)
def test_any_input_is_taken_or_refused_and_what_is_taken_can_be_stored_and_shown(kind, raw):
    spec = FieldSpec("x", kind, "X", "c.x", options=({"value": "a", "label": "A"},), decimals=6)
    try:
        value = clean(spec, raw)
    except ValueProblem:
        return
    if value is None:
        return
    assert "\x00" not in str(value)
    str(value).encode()
    json.dumps(value, default=str)
    assert clean(spec, value) == value
    assert isinstance(display(spec, value, "fr"), str)


def test_an_address_with_letters_of_its_language_is_taken():
    assert clean(EMAIL, "stanisław.wójcik@wp.pl") == "stanisław.wójcik@wp.pl"
    assert normal("email", "Stanisław.WÓJCIK@wp.pl") == "stanisław.wójcik@wp.pl"


def test_addresses_of_the_isemail_collection_that_are_plainly_valid_are_taken():
    plain = ["test@iana.org", "test@nominet.org.uk", "test@about.museum", "a@iana.org"]
    plain += ["test.test@iana.org", "!#$%&`*+/=?^`{|}~@iana.org", "123@iana.org", "test@123.com"]
    plain += ["test@c--n.com", "test@xn--hxajbheg2az3al.xn--jxalpdlp"]
    assert [clean(EMAIL, address) for address in plain] == plain
