"""Links get positions and counted addresses; nothing else of the body changes."""

import re

from content.links import Link, Numbers, track_html
from content.message import MessageSource, compile_message, prepare
from content.tokens import TokenSet

TOKENS = TokenSet.of(["email", "website"])
PAGE = """<html><body>
<!-- <a href="https://hidden.example">no</a> -->
<!--[if mso]>
<v:roundrect href="https://a.example/?x=1&amp;y=2" arcsize="8%">Go</v:roundrect>
<![endif]-->
<a class='b' href='https://a.example/?x=1&amp;y=2'><b>Go</b>
 now</a>
<map><area shape="rect" href="HTTPS://b.example/{{ contact.email }}"></map>
<a href="https://c.example/"><img src="https://c.example/i.png" alt="A picture"></a>
<a href=https://d.example/p>bare</a>
<a href="{{ contact.website }}">your site</a>
<a href="mailto:a@b.example">m</a><a href="tel:+33">t</a><a href="#top">top</a>
<a name="top"></a><a href="">e</a><a href="{{ webview_url }}">w</a>
<a href="{{ unsubscribe_url }}">u</a><a href="{{preferences_url|default('x')}}">p</a>
<a data-no-track href="https://e.example/">plain</a><link rel="x" href="https://f.example/">
</body></html>"""


def test_links_that_lead_to_the_web_are_numbered_in_the_order_of_the_page():
    numbers = Numbers()
    track_html(PAGE, numbers)
    assert numbers.links == [
        Link(1, "https://a.example/?x=1&y=2", "Go"),
        Link(2, "https://a.example/?x=1&y=2", "Go now"),
        Link(3, "HTTPS://b.example/{{ contact.email }}", ""),
        Link(4, "https://c.example/", "A picture"),
        Link(5, "https://d.example/p", "bare"),
        Link(6, "{{ contact.website }}", "your site"),
    ]


def test_nothing_but_the_addresses_changes():
    numbers = Numbers()
    page = track_html(PAGE, numbers)

    def as_it_was(found):
        destination = numbers.links[int(found[1]) - 1].destination
        return destination.replace("&", "&amp;")

    pattern = r"\{% filter tracked\((\d+)\) %\}.*?\{% endfilter %\}"
    assert re.sub(pattern, as_it_was, page) == PAGE


def test_each_recipient_gets_their_own_addresses_in_both_parts():
    prepared = prepare(MessageSource(subject="x", html=PAGE), TOKENS)
    message = compile_message(prepared)
    asked = []

    def click(position, destination):
        asked.append((position, destination))
        return f"https://t.example/c/{position}"

    values = {
        "contact": {"email": "a&b@x.example", "website": "www.own.example"},
        "unsubscribe_url": "https://t.example/u",
        "preferences_url": "https://t.example/p",
        "webview_url": "https://t.example/w",
    }
    mail = message.render(values, click=click, pixel_url="https://t.example/o.gif")
    assert dict(asked) == {
        1: "https://a.example/?x=1&y=2",
        2: "https://a.example/?x=1&y=2",
        3: "HTTPS://b.example/a%26b@x.example",
        4: "https://c.example/",
        5: "https://d.example/p",
        6: "https://www.own.example",
    }
    assert re.findall(r"t\.example/c/(\d)", mail.html) == list("123456")
    assert "A picture (https://t.example/c/4)" in mail.text
    assert "your site (https://t.example/c/6)" in mail.text
    assert "u (https://t.example/u)" in mail.text
    assert mail.html.endswith('height:1px;border:0"></body></html>')
    assert 'href="https://t.example/p"' in mail.html
    assert "mailto:a@b.example" in mail.html


def test_a_person_who_is_not_measured_gets_plain_links_and_no_pixel():
    prepared = prepare(MessageSource(subject="x", html=PAGE), TOKENS)
    mail = compile_message(prepared).render({"contact": {"email": "a@x.example"}})
    assert 'href="HTTPS://b.example/a@x.example"' in mail.html
    assert "border:0" not in mail.html
    assert "tracked" not in mail.html + mail.text
    assert "Go now (https://a.example/?x=1&y=2)" in mail.text


def test_the_pixel_alone_leaves_the_links_plain():
    prepared = prepare(MessageSource(subject="x", html=PAGE), TOKENS)
    mail = compile_message(prepared).render({}, pixel_url="https://t.example/o.gif")
    assert 'src="https://t.example/o.gif"' in mail.html
    assert "href='https://a.example/?x=1&amp;y=2'" in mail.html


def test_a_link_in_a_loop_has_one_position_and_the_address_of_its_item():
    source = "{% for item in event.items %}<a href='{{ item.url }}'>{{ item.name }}</a>{% endfor %}"
    prepared = prepare(MessageSource(subject="x", html=source), TOKENS)
    assert [(link.position, link.label) for link in prepared.links] == [(1, "{{ item.name }}")]
    values = {
        "event": {
            "items": [
                {"url": "https://x.example/1", "name": "one"},
                {"url": "javascript:alert(1)", "name": "two"},
            ]
        }
    }
    asked = []
    mail = compile_message(prepared).render(
        values, click=lambda position, to: asked.append(to) or f"https://t.example/{position}"
    )
    assert set(asked) == {"https://x.example/1"}
    assert "<a href='https://t.example/1'>one</a><a href='#'>two</a>" in mail.html


def test_an_author_cannot_write_the_tag_that_counts_links():
    for source in ("{% filter tracked(1) %}x{% endfilter %}", "{{ pixel_url }}", "{{ click }}"):
        assert not TOKENS.knows("click")
        try:
            prepare(MessageSource(subject="x", html=source), TOKENS)
        except ValueError:
            continue
        raise AssertionError(source)
