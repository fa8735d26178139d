"""What each type of field takes, keeps and refuses."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from contacts.catalogue import FieldSpec
from contacts.values import ValueProblem, clean, normal

OPTIONS = (
    {"value": "gold", "label": "Gold", "labels": {"fr": "Or", "en": "Gold"}},
    {"value": "silver", "label": "Silver", "labels": {"fr": "Argent"}},
    {"value": "a, b", "label": "a, b", "labels": {}},
)


def spec(kind, **more):
    return FieldSpec("thing", kind, "Thing", "c.thing", kept="attrs", options=OPTIONS, **more)


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("text", "  Zoe\u0301  ", "Zoé"),
        ("text", 75001, "75001"),
        ("text", "   ", None),
        ("text", "", None),
        ("long_text", "one\r\ntwo\rthree\n", "one\ntwo\nthree"),
        ("html", "<b>bold</b><script>alert(1)</script>", "<b>bold</b>"),
        ("email", " Jean.Martin@EXAMPLE.fr ", "Jean.Martin@example.fr"),
        ("email", "anna@münchen.de", "anna@xn--mnchen-3ya.de"),
        ("email", "иван@пример.рф".replace("иван", "ivan"), "ivan@xn--e1afmkfd.xn--p1ai"),
        ("phone", "+33 6 12 34 56 78", "+33 6 12 34 56 78"),
        ("url", "www.example.com/a?b=1", "https://www.example.com/a?b=1"),
        ("url", "http://example.com:8080", "http://example.com:8080"),
        ("boolean", "Oui", True),
        ("boolean", 0, False),
        ("date", "2024-02-29", "2024-02-29"),
        ("time", "09:30:00", "09:30"),
        ("time", "23:59:58", "23:59:58"),
        ("datetime", "2026-11-22T11:00:00+01:00", "2026-11-22T10:00:00.000Z"),
        ("datetime", "2026-11-22T10:00:00.123456Z", "2026-11-22T10:00:00.123Z"),
        ("select", "Or", "gold"),
        ("select", "SILVER", "silver"),
        ("multiselect", ["silver", "gold", "gold"], ["gold", "silver"]),
        ("multiselect", "argent; or", ["gold", "silver"]),
        ("multiselect", "a, b", ["a, b"]),
        ("multiselect", [], None),
        ("country", "fr", "FR"),
        ("country", "Allemagne", "DE"),
        ("country", "Côte d\u2019Ivoire", "CI"),
        ("country", "Czech Republic", "CZ"),
        ("country", "USA", "US"),
        ("country", "GBR", "GB"),
        ("locale", "fr_ca", "fr-CA"),
        ("locale", "français", "fr"),
        ("timezone", "europe/paris", "Europe/Paris"),
        ("lookup", "free words", "free words"),
        ("region", "Île-de-France", "Île-de-France"),
    ],
)
def test_a_value_is_kept_in_its_one_spelling(kind, raw, kept):
    assert clean(spec(kind), raw) == kept


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("text", "a\r\nBcc: x@example.com", "line_break"),
        ("text", "a\x00b", "invalid_characters"),
        ("text", "a\ud800b", "invalid_characters"),
        ("text", "x" * 501, "too_long"),
        ("text", ["a"], "invalid_type"),
        ("text", True, "invalid_type"),
        ("text", 10**400, "invalid_type"),
        ("long_text", "a\x00", "invalid_characters"),
        ("phone", "call me", "invalid_phone"),
        ("phone", "+33 6\n12 34", "line_break"),
        ("url", "javascript:alert(1)", "invalid_url"),
        ("url", "https://user@evil.example/", "invalid_url"),
        ("url", "https://exa mple.com", "invalid_url"),
        ("url", "http://[::1", "invalid_url"),
        ("boolean", "perhaps", "invalid_boolean"),
        ("date", "2023-02-29", "invalid_date"),
        ("date", "22/11/2026", "invalid_date"),
        ("time", "24:00", "invalid_time"),
        ("datetime", "2026-11-22T10:00:00", "offset_missing"),
        ("datetime", "0001-01-01T00:00:00+14:00", "invalid_datetime"),
        ("datetime", "2026-13-22T10:00:00Z", "invalid_datetime"),
        ("select", "bronze", "unknown_option"),
        ("multiselect", ["gold", "bronze"], "unknown_option"),
        ("multiselect", [["gold"]], "invalid_type"),
        ("country", "Atlantis", "unknown_country"),
        ("country", "EU", "unknown_country"),
        ("locale", "klingonish", "unknown_language"),
        ("locale", "fr-QQ", "unknown_language"),
        ("timezone", "Europe/Atlantis", "unknown_timezone"),
    ],
)
def test_a_wrong_value_is_refused_with_a_code(kind, raw, code):
    with pytest.raises(ValueProblem) as refusal:
        clean(spec(kind), raw)
    assert refusal.value.code == code
    assert refusal.value.message


NUMBERS = {
    "12.50": "12.5",
    12.5: "12.5",
    3: "3",
    "-0": "0",
    "1000": "1000",
    1e15: "1000000000000000",
    "0.10": "0.1",
    Decimal("999999999999999999.99"): "999999999999999999.99",
}
WRONG_NUMBERS = {
    "12.345": "too_many_decimals",
    0.1 + 0.2: "too_many_decimals",
    Decimal("1e-400"): "too_many_decimals",
    "1e400": "invalid_number",
    "12,5": "invalid_number",
    "\u0663": "invalid_number",
    True: "invalid_number",
    float("nan"): "too_large",
    float("inf"): "too_large",
    10**4000: "too_large",
    Decimal("1e400"): "too_large",
}


@pytest.mark.parametrize(("raw", "kept"), NUMBERS.items())
def test_numbers_are_exact(raw, kept):
    assert str(clean(spec("number", decimals=2), raw)) == kept


@pytest.mark.parametrize(("raw", "code"), WRONG_NUMBERS.items())
def test_sec_60_impossible_numbers_are_refused(raw, code):
    with pytest.raises(ValueProblem) as refusal:
        clean(spec("number", decimals=2), raw)
    assert refusal.value.code == code


def test_identifiers_ignore_case_and_the_way_phones_are_written():
    assert normal("email", "Anna@example.COM") == "anna@example.com"
    assert normal("customer_number", "AB-12") == "ab-12"
    assert normal("mobile", "00 33 6 12 34 56 78") == "+33612345678"
    assert normal("mobile", "06 12 34 56 78", region="FR") == "+33612345678"
    assert normal("mobile", "06 12 34 56 78") == "0612345678"
    assert normal("age", Decimal("12.5")) == "12.5"


@pytest.mark.parametrize(
    ("raw", "words", "french"),
    [
        ("2026-02-30", "February has no 30th.", "Février"),
        ("2026-02-29", "February 2026 has no 29th.", "Février 2026"),
        ("2026-06-31", "June has no 31st.", "Juin"),
        ("2026-13-01", "There is no month 13.", "Il"),
        ("2026-01-32", "No month has a day 32.", "Aucun mois"),
    ],
)
def test_a_day_that_does_not_exist_is_told_as_such(raw, words, french):
    with pytest.raises(ValueProblem) as refused:
        clean(spec("date"), raw)
    assert refused.value.message == words
    with override("fr"):
        assert refused.value.message.startswith(f"{french} ")
    with pytest.raises(ValueProblem):
        clean(spec("datetime"), f"{raw}T10:00:00Z")
