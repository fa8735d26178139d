"""Pages made to keep us busy, or to read our files, do neither."""

import time
from contextlib import suppress

import pytest

from content.message import MessageSource, prepare
from content.problems import TemplateRefused
from content.tokens import TokenSet

TOKENS = TokenSet.of(["city"])
# What takes quadratic time takes many seconds at this size.
SIZE = 40_000
UNITS = [
    "<a ",
    "<a href=x ",
    "<a href='",
    '<a "<a" ',
    "<a \"'\" '",
    "<!--",
    "<!--[if ",
    "<!--[if mso]>",
    "<style>",
    "<title>",
    "<textarea>",
    "<script type='application/ld+json'>",
    "<div>",
    "<div/>",
    "<x>",
    "<x></y>",
    "<b id=1><p>",
    "<a href='https://x.example/'>",
    "<table><tr>",
    "</",
    "<",
    "&",
    "{{",
    "{%",
    "{{ contact.city }}",
    "{% raw %}",
    "{% if contact.city %}",
    "https://x.example/)",
    ")",
    "<p onclick ",
    "<mj-text>",
    "<mj-section ",
    "<mj-attributes>",
    " ",
    "\n",
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    ("part", "frame"),
    [
        ("html", "<style>a{{color:red}}</style><p>{}"),
        ("mjml", "<mjml><mj-body><mj-raw>{}</mj-raw></mj-body></mjml>"),
        ("mjml", "<mjml><mj-body>{}</mj-body></mjml>"),
        ("text", "https://x.example/{}"),
    ],
)
def test_a_page_of_repetitions_is_answered_quickly(unit, part, frame):
    page = frame.replace("{{", "{").replace("}}", "}").replace("{}", unit * (SIZE // len(unit)))
    began = time.thread_time()
    with suppress(TemplateRefused):
        prepare(MessageSource(subject="x", **{part: page}), TOKENS)
    assert time.thread_time() - began < 1.5


@pytest.mark.parametrize("href", ["/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/x.css"])
def test_style_sheets_of_others_are_neither_read_nor_fetched(href):
    page = (
        f'<html><head><link rel="stylesheet" href="{href}"><style>@import url("{href}");'
        ".a{color:red}</style></head><body><p class='a'>x</p></body></html>"
    )
    html = prepare(MessageSource(subject="x", html=page), TOKENS).html
    assert html.count(href) == 2
    assert 'style="color: red;"' in html
    assert "root:" not in html
