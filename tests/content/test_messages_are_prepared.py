"""A message is checked and prepared once, then only filled in for each recipient."""

import json
import re

import pytest

from content.message import MessageSource, PreparedMessage, compile_message, prepare
from content.problems import TemplateRefused
from content.tokens import TokenSet

TOKENS = TokenSet.of(["first_name", "email", "city"])
MJML = """<mjml>
<mj-head><mj-style inline="inline">.big { font-size: 30px }</mj-style></mj-head>
<mj-body>
{% if contact.city &gt; "A" %}
<mj-section><mj-column>
  <mj-text><p class="big">{{ contact.first_name|default("friend") }}<br>un<b>bold</p></mj-text>
  <mj-button href="https://shop.example/?e={{ contact.email|urlencode }}&amp;c=1">Go</mj-button>
  <mj-table>{% for item in event.items %}<tr><td>{{ item.name }}</td></tr>{% endfor %}</mj-table>
</mj-column></mj-section>
{% endif %}
</mj-body></mjml>"""
VALUES = {
    "contact": {"first_name": "Zoé", "email": "zoé@x.example", "city": "Lyon"},
    "event": {"items": [{"name": "Tea & Co"}, {"name": "Cup"}]},
}


def problems_of(**source):
    with pytest.raises(TemplateRefused) as refused:
        prepare(MessageSource(**{"subject": "x", **source}), TOKENS)
    return [(found.field, found.line, found.column, found.code) for found in refused.value.problems]


def test_mjml_with_blocks_loops_and_sloppy_html_is_rendered_for_a_contact():
    prepared = prepare(MessageSource(subject="Hi {{ contact.first_name }}", mjml=MJML), TOKENS)
    stored = PreparedMessage.of_json(json.loads(json.dumps(prepared.as_json())))
    assert stored == prepared
    mail = compile_message(stored).render(VALUES)
    assert mail.subject == "Hi Zoé"
    assert "Zoé<br>un" in mail.html
    assert "font-size: 30px" in mail.html.split("<p")[1]
    assert "<td>Tea &amp; Co</td>" in mail.html
    assert "?e=zo%C3%A9%40x.example&amp;c=1" in mail.html
    assert not re.search(r"\{[{%]|rl[vbc]\d", mail.html + mail.text)
    assert mail.text.strip().splitlines() == [
        "Zoé",
        "unbold",
        "",
        "Go (https://shop.example/?e=zo%C3%A9%40x.example&c=1)",
        "",
        "Tea & Co",
        "Cup",
    ]
    assert prepared.uses == {"contact.first_name", "contact.email", "contact.city", "event.items"}


def test_nobody_is_asked_for_a_font_that_the_author_did_not_name():
    named = '<mj-font name="Own" href="https://fonts.example/own.css" /></mj-head>'
    own = '<mj-text font-family="Own">x</mj-text>'
    text = f"<mj-section><mj-column><mj-text>x</mj-text>{own}</mj-column></mj-section>"
    plain = f"<mjml><mj-head></mj-head><mj-body>{text}</mj-body></mjml>"
    asked = [
        re.findall(r"https?://[\w./]+css", compile_message(prepared).render(VALUES).html)
        for prepared in (
            prepare(MessageSource(subject="x", mjml=source), TOKENS)
            for source in (plain, plain.replace("</mj-head>", named))
        )
    ]
    assert asked[0] == []
    assert set(asked[1]) == {"https://fonts.example/own.css"}


def test_a_condition_leaves_out_a_whole_section():
    prepared = prepare(MessageSource(subject="x", mjml=MJML), TOKENS)
    mail = compile_message(prepared).render({"contact": {}})
    assert "friend" not in mail.html
    assert "friend" not in mail.text


def test_the_preheader_is_hidden_at_the_top_and_replaces_that_of_the_document():
    mjml = MJML.replace("<mj-head>", "<mj-head><mj-preview>Old words</mj-preview>")
    for source in ({"mjml": mjml}, {"html": "<p>Body</p>"}):
        message = MessageSource(subject="x", preheader="For {{ contact.city }} & you", **source)
        mail = compile_message(prepare(message, TOKENS)).render({"contact": {"city": "<Lyon"}})
        start = mail.html[mail.html.index("<body") :]
        assert re.match(r'<body[^>]*><div style="display:none[^>]*>For &lt;Lyon &amp; you&#', start)
        assert "Old words" not in mail.html
        assert "Lyon" not in mail.text


def test_style_rules_are_copied_into_attributes_but_those_for_small_screens_are_not():
    source = (
        "<html><head><style>.a{color:red}</style>"
        '<style media="only screen and (max-width:600px)">.a{margin:9px}</style></head><body>'
        "<table>{% if contact.city %}<tr><td class='a' {% if contact.city %}lang='fr'{% endif %}>"
        "x</td></tr>{% endif %}</table></body></html>"
    )
    html = prepare(MessageSource(subject="x", html=source), TOKENS).html
    cell = re.search(r"<td.*?</td>", html)[0]
    assert cell == (
        '<td class="a" {% if contact.city %}lang=\'fr\'{% endif %} style="color: red;">x</td>'
    )
    assert html.count("{%") == 4
    assert "data-css-inline" not in html


def test_a_given_text_part_is_kept():
    message = MessageSource(subject="x", html="<p>Hello</p>", text="Read https://x.example/a.")
    prepared = prepare(message, TOKENS)
    mail = compile_message(prepared).render({}, click=lambda position, to: f"T{position}")
    assert mail.text == "Read T1."


def test_every_part_with_problems_is_reported_with_its_place():
    assert problems_of(
        subject="{{ contact.nme }}",
        preheader="{% if %}",
        html="<p>\n {{ contact.citi }}</p>",
        text="{{ 1 + 1 }}",
    ) == [
        ("subject", 1, 4, "unknown_token"),
        ("preheader", 1, 1, "syntax"),
        ("html", 2, 5, "unknown_token"),
        ("text", 1, 6, "not_allowed"),
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"html": ""}, ("html", 1, 1, "required")),
        ({"html": "<p>a</p>", "mjml": MJML}, ("mjml", 1, 1, "ambiguous")),
        ({"html": "<p>a</p>\n<script>x</script>"}, ("html", 2, 1, "script_refused")),
        ({"html": "<p>a</p>\n <img src=x onerror = 'x'>"}, ("html", 2, 2, "script_refused")),
        ({"html": "<a href=' javascript:x'>a</a>"}, ("html", 1, 1, "address_refused")),
        ({"html": "<base href='https://x.example'>"}, ("html", 1, 1, "element_refused")),
        ({"mjml": "<mjml></mjml>"}, ("mjml", 1, 1, "no_body")),
        (
            {"mjml": "<mjml><mj-body>\n<mj-foo/></mj-body></mjml>"},
            ("mjml", 2, 1, "unknown_component"),
        ),
        (
            {"mjml": "<mjml><mj-body>\n<mj-include path='/etc/passwd'/></mj-body></mjml>"},
            ("mjml", 2, 1, "include_refused"),
        ),
        ({"mjml": "<mjml><mj-body>\n\n<p>x</p></mj-body></mjml>"}, ("mjml", 3, 1, "misplaced")),
        ({"mjml": "<mjml><mj-body>\n<mj-section></mj-body></mjml>"}, ("mjml", 2, 13, "unbalanced")),
        (
            {"mjml": MJML.replace("{{ item.name }}", "{{ itm.name }}")},
            ("mjml", 8, 53, "unknown_token"),
        ),
        (
            {"mjml": MJML.replace("<p class", "<p {{ contact.city }} class")},
            ("mjml", 6, 15, "place_refused"),
        ),
        ({"mjml": MJML.replace("<br>", "<p onclick='x'>")}, ("mjml", 6, 69, "script_refused")),
    ],
)
def test_a_body_nobody_should_send_is_refused(source, expected):
    assert expected in problems_of(**source)
