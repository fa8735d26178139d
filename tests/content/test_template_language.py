"""What authors may write in a template, and what they are told when they may not."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from content.problems import TemplateRefused
from content.templates import check_template, compile_template
from content.tokens import TokenSet

TOKENS = TokenSet.of(["first_name", "city", "points", "country", "tags", "born", "vip"], ["name"])


def rendered(source, values=None, kind="text", language="en", zone=UTC):
    return compile_template(source, kind, TOKENS, language, zone).render(values or {})


def contact(**fields):
    return {"contact": fields}


@pytest.mark.parametrize(
    ("source", "fields", "expected"),
    [
        ("Hi {{ contact.first_name }}!", {"first_name": "Zoé"}, "Hi Zoé!"),
        ("Hi {{ contact.first_name }}!", {}, "Hi !"),
        ("{{ contact.first_name|default('friend') }}", {"first_name": " "}, "friend"),
        ("{{ contact.first_name|upper }}", {"first_name": "zoé"}, "ZOÉ"),
        ("{{ contact.first_name|lower }}", {"first_name": "ZOÉ"}, "zoé"),
        ("{{ contact.first_name|title }}", {"first_name": "JEAN-LUC d'arc"}, "Jean-Luc D'Arc"),
        ("{{ contact.city|truncate(8) }}", {"city": "Le Petit-Quevilly"}, "Le Peti…"),
        ("{{ contact.city|urlencode }}", {"city": "a b/ç&"}, "a%20b%2F%C3%A7%26"),
        ("{{ contact.points|number(2) }}", {"points": "1234.5"}, "1,234.50"),
        ("{{ contact.points|number }}", {"points": Decimal("1234.5")}, "1,234"),
        ("{{ contact.points|number }}", {"points": "many"}, "many"),
        ("{{ contact.tags }}", {"tags": ["a", "b"]}, "a, b"),
        ("{{ contact.vip }}", {"vip": True}, "yes"),
        ("{{ contact.born|date('d MMMM y') }}", {"born": "1990-01-02"}, "2 January 1990"),
        ("{{ contact.born|date('%d/%m/%Y') }}", {"born": date(1990, 1, 2)}, "02/01/1990"),
        ("{{ contact.points }}", {"points": {"amount": "12.50", "currency": "EUR"}}, "€12.50"),
        ("body{#id{color:red}", {}, "body{#id{color:red}"),
        ("{% raw %}{{ x }}{% endraw %}", {}, "{{ x }}"),
    ],
)
def test_a_token_is_written_as_its_filters_say(source, fields, expected):
    assert rendered(source, contact(**fields)) == expected


@pytest.mark.parametrize(
    ("test", "fields", "expected"),
    [
        ("contact.points > 5", {"points": 6}, True),
        ("contact.points > 5", {"points": "10"}, True),
        ("contact.points > 5", {}, False),
        ("contact.points <= -1", {"points": -1}, True),
        ("contact.country == 'FR'", {"country": "FR"}, True),
        ("contact.country != 'FR'", {}, True),
        ("contact.country in ['FR', 'BE']", {"country": "BE"}, True),
        ("contact.country not in ['FR', 'BE']", {"country": "BE"}, False),
        ("'vip' in contact.tags", {"tags": ["vip"]}, True),
        ("contact.city and not contact.vip", {"city": "Lyon", "vip": False}, True),
        ("contact.city or contact.country", {"city": "  "}, False),
        ("contact.born > '1990-01-01'", {"born": date(1990, 1, 2)}, True),
        ("contact.city|upper == 'LYON'", {"city": "Lyon"}, True),
    ],
)
def test_a_condition_compares_without_failing_on_empty_values(test, fields, expected):
    source = f"{{% if {test} %}}yes{{% else %}}no{{% endif %}}"
    assert rendered(source, contact(**fields)) == ("yes" if expected else "no")


def test_the_language_and_the_zone_of_the_message_decide_how_values_are_written():
    source = "{{ today|date('d MMMM y') }} {{ contact.points|number(2) }} {{ event.at }}"
    values = {
        "today": date(2026, 8, 1),
        "contact": {"points": Decimal("1234.5")},
        "event": {"at": datetime(2026, 8, 1, 22, 30, tzinfo=UTC)},
    }
    french = rendered(source, values, language="fr", zone=ZoneInfo("Europe/Paris"))
    assert french == "1 août 2026 1\u202f234,50 2 août 2026, 00:30:00"


def test_a_template_says_which_fields_it_reads():
    source = "{% if contact.vip %}{{ company.name }}{% endif %}{{ contact.city|default('x') }}"
    template = compile_template(source, "text", TOKENS)
    assert template.uses == {"contact.vip", "contact.city", "company.name"}
    assert template.aliases("contact") == {"vip", "city"}


def test_an_unknown_token_is_named_with_its_place_and_the_likely_one():
    source = "Dear\n  {{ contact.frist_name }}, {{ city }} {{ nonsense.path }}"
    problems = check_template(source, "html", TOKENS)
    assert [(p.line, p.column, p.code) for p in problems] == [
        (2, 6, "unknown_token"),
        (2, 32, "unknown_token"),
        (2, 43, "unknown_token"),
    ]
    assert "contact.first_name" in problems[0].message
    assert "contact.city" in problems[1].message


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ contact.city", "syntax"),
        ("{% if contact.city %}", "syntax"),
        ("{% wenn contact.city %}", "not_allowed"),
        ("{{ contact.city|shout }}", "unknown_filter"),
        ("{{ contact.city|truncate }}", "filter_argument"),
        ("{{ contact.city|truncate(0) }}", "filter_argument"),
        ("{{ contact.born|date('dd/mm/yyyy') }}", "filter_argument"),
        ("{{ contact.born|date('%99999d') }}", "filter_argument"),
        ("{{ contact.city|default(contact.country) }}", "filter_argument"),
        ("{{ contact.city }}\x00", "control_character"),
        ("{{ contact.city }}" * 2001, "too_large"),
    ],
)
def test_a_mistake_is_refused_with_its_code(source, code):
    with pytest.raises(TemplateRefused) as refused:
        compile_template(source, "text", TOKENS)
    assert refused.value.problems[0].code == code


def test_a_pattern_in_figures_is_shown_as_it_is_written():
    [problem] = check_template("{{ contact.born|date('%99999d') }}", "text", TOKENS)
    assert "“%d/%m/%Y”" in str(problem.message)
