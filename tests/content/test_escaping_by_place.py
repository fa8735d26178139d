"""SEC-32: a value is escaped for the place it stands in, whatever it holds."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from content.templates import check_template, compile_template
from content.tokens import TokenSet

TOKENS = TokenSet.of(["a", "b"])
PLACES = [
    "<p>{{ contact.a }} {{ contact.b }}</p>",
    "<p title=\"{{ contact.a }}\" class='{{ contact.b }}'>x</p>",
    '<a href="{{ contact.a }}">x</a><a href="{{ contact.a }}{{ contact.b }}">y</a>',
    '<a href="https://{{ contact.a }}.example.com/{{ contact.b }}">x</a>',
    '<a href="https://example.com/?a={{ contact.a }}#{{ contact.b }}">x</a>',
    "<p lang=fr><img class=a src='{{ contact.b }}' alt=\"{{ contact.a }}\"></p>",
    '<p style="color: {{ contact.a }}; background: {{ contact.b }}">x</p>',
    "<style>p { color: {{ contact.a }} } a { color: {{ contact.b }} }</style>",
    "<!-- {{ contact.a }} --><p>{{ contact.b }}</p>",
    '<!--[if mso]><a href="{{ contact.a }}">{{ contact.b }}</a><![endif]-->',
    "<title>{{ contact.a }}</title><textarea>{{ contact.b }}</textarea>",
    '{% if contact.a %}<b title="{{ contact.b }}">{% else %}<b>{% endif %}x</b>',
]
HOSTILE = [
    "\"'><script>alert(1)</script>",
    "javascript:alert(1)",
    " \tjava\nscript:alert(1)",
    "x onerror=alert(1) ",
    "--><img src=x onerror=alert(1)>",
    "</style></title></textarea><script>",
    "red;background:url(javascript:alert(1))",
    "data:text/html,<script>",
    "vbscript:x",
    "evil.com/?",
    "\x00\u2028\ud800<",
    "<![endif]-->",
]
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.sampled_from("<>\"'`=&;:/?#!-[] \t\n\rabjs\x00\\{}%"), max_size=12),
    st.text(max_size=12),
)


def shape(html):
    """Elements with the names of their attributes, and comments, in order."""
    return [
        (node.tag, sorted(node.attributes) if node.is_element_node else None)
        for node in LexborHTMLParser(html).root.traverse(include_text=False)
        if node.tag != "-text"
    ]


@pytest.mark.parametrize("source", PLACES)
@given(a=texts, b=texts)
def test_no_value_changes_the_structure_of_the_document(source, a, b):
    template = compile_template(source, "html", TOKENS)
    if "{% if" in source:
        a = "filled"
    html = template.render({"contact": {"a": a, "b": b}})
    harmless = template.render({"contact": {"a": "filled", "b": "filled"}})
    assert shape(html) == shape(harmless)
    for node in LexborHTMLParser(html).css("[href], [src]"):
        address = node.attributes.get("href") or node.attributes.get("src") or ""
        scheme = re.match(r"\s*([a-zA-Z][\w+.-]*):", address)
        assert not scheme or scheme[1].lower() in ("http", "https", "mailto", "tel", "sms", "cid")


@given(value=texts)
def test_a_value_in_text_reads_back_as_it_was(value):
    html = compile_template("<p>{{ contact.a }}</p>", "html", TOKENS).render(
        {"contact": {"a": value}}
    )
    plain = compile_template("{{ contact.a }}", "text", TOKENS).render({"contact": {"a": value}})
    assert LexborHTMLParser(html.encode("utf-8", "replace").decode()).css_first("p").text() == (
        plain.encode("utf-8", "replace").decode()
    )


@given(value=texts)
def test_a_value_in_structured_data_reads_back_from_json(value):
    source = '<script type="application/ld+json">{"name": "{{ contact.a }}"}</script>'
    html = compile_template(source, "html", TOKENS).render({"contact": {"a": value}})
    assert html.count("</script>") == 1
    body = html.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert list(json.loads(body)) == ["name"]


@given(value=texts)
def test_a_header_stays_on_one_line(value):
    header = compile_template("Hi {{ contact.a }}", "header", TOKENS).render(
        {"contact": {"a": value}}
    )
    assert len(header.splitlines()) == 1
    assert "\x00" not in header


def test_an_address_encoded_by_the_author_is_not_encoded_twice():
    source = '<a href="https://x.example/?e={{ contact.a|urlencode }}&f={{ contact.a }}">x</a>'
    html = compile_template(source, "html", TOKENS).render({"contact": {"a": "zoé+1@x.example"}})
    assert "?e=zo%C3%A9%2B1%40x.example&f=zo%C3%A9%2B1%40x.example" in html


def test_a_host_in_a_field_becomes_a_link_and_cannot_change_the_host_of_another():
    source = '<a href="{{ contact.a }}">x</a><a href="https://{{ contact.b }}.example/">y</a>'
    html = compile_template(source, "html", TOKENS).render(
        {"contact": {"a": "www.shop.example/a?b=c", "b": "evil.example/"}}
    )
    assert 'href="https://www.shop.example/a?b=c"' in html
    assert 'href="https://evil.example%2F.example/"' in html


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("<script>{{ contact.a }}</script>", "place_refused"),
        ('<script type="application/ld+json">{"a": {{ contact.a }}}</script>', "place_refused"),
        ('<a onclick="{{ contact.a }}">', "place_refused"),
        ("<{{ contact.a }}>", "place_refused"),
        ("</{{ contact.a }}>", "place_refused"),
        ("<!{{ contact.a }}>", "place_refused"),
        ("<p {{ contact.a }}>", "place_refused"),
        ("<p {{ contact.a }}='x'>", "place_refused"),
        ("<p title={{ contact.a }}>", "quotes_needed"),
        ("<a href=https://x.example/{{ contact.a }}>", "quotes_needed"),
        ('<a {% if contact.a %}href="x{% endif %}">', "ambiguous_place"),
        ("{% for x in event.y %}<p title='{% endfor %}", "ambiguous_place"),
        ("<p title='{{ contact.a }}", "unfinished_markup"),
    ],
)
def test_a_token_where_no_escaping_helps_is_refused(source, code):
    assert [problem.code for problem in check_template(source, "html", TOKENS)] == [code]
