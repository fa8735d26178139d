"""SEC-28 and SEC-29: templates run no code, and contact data are never a template."""

import time

import pytest

from content.templates import check_template, compile_template
from content.tokens import TokenSet

TOKENS = TokenSet.of(["first_name", "city", "items"], ["name"])
# Published ways out of Jinja2, Twig, Odoo and Liquid, and ways to burn the machine.
ESCAPES = [
    "{{ 7*7 }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ contact.__class__ }}",
    "{{ contact._meta }}",
    "{{ contact.first_name.__class__ }}",
    "{{ contact['first_name'] }}",
    "{{ contact.first_name|attr('__class__') }}",
    "{{ self.__init__.__globals__ }}",
    "{{ config }}",
    "{{ settings.SECRET_KEY }}",
    "{{ request.environ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ joiner() }}",
    "{{ namespace(x=1) }}",
    "{{ range(1000000000) }}",
    "{% for i in range(1000000000) %}x{% endfor %}",
    "{{ 'a' * 10000000 }}",
    "{{ '%s' % contact.city }}",
    "{{ '{0.__class__}'.format(contact) }}",
    "{{ contact.city ~ contact.city }}",
    "{{ contact.city if contact.city else 'x' }}",
    "{{ contact.city is defined }}",
    "{{ contact.items|map(attribute='__class__')|list }}",
    "{{ contact.city|safe }}",
    "{{ contact.city|e }}",
    "{{ contact.city|string }}",
    "{{ contact.city|default(boolean=true, default_value='x') }}",
    "{{ contact.city|default(*contact.items) }}",
    "{{ {'a': 1} }}",
    "{{ [1, 2] }}",
    "{{ -contact.city }}",
    "{% set x = 1 %}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import path %}",
    "{% extends 'base.html' %}",
    "{% block a %}{% endblock %}",
    "{% macro a() %}{{ a() }}{% endmacro %}",
    "{% call a() %}{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% with x = 1 %}{% endwith %}",
    "{% autoescape false %}{{ contact.city }}{% endautoescape %}",
    "{% for k, v in contact.items %}{% endfor %}",
    "{% for contact in event.items %}{% endfor %}",
    "{% for loop in event.items %}{% endfor %}",
    "{% for x in event.items recursive %}{{ loop(x) }}{% endfor %}",
    "{% for x in event.items if x.y %}{% endfor %}",
    "{% for x in event.items %}{{ loop.cycle('a') }}{% endfor %}",
    "{% for x in event.items %}{{ x.__class__ }}{% endfor %}",
    "{% for a in event.a %}{% for b in a %}{% for c in b %}{% endfor %}{% endfor %}{% endfor %}",
    "{% if contact.city.__len__() > 1 %}{% endif %}",
    "{% if 1 < 2 < 3 %}{% endif %}",
    "{{" + "(" * 5000 + "}}",
    "{{ " + "9" * 5000 + " }}",
    "{% if contact.city " + "and contact.city " * 3000 + "%}{% endif %}",
    "{{ contact.city" + "|upper" * 3000 + " }}",
    "{% if contact.city %}" * 300 + "{% endif %}" * 300,
    "{% if contact.city %}" * 1900,
    "x" * 500_001,
    "{{ contact.first_name|truncate(99999999999) }}",
]


@pytest.mark.parametrize("source", ESCAPES, ids=lambda source: source[:60])
@pytest.mark.parametrize("kind", ["html", "header"])
def test_an_attempt_to_run_code_does_not_parse(source, kind):
    began = time.thread_time()
    problems = check_template(source, kind, TOKENS)
    assert problems
    assert time.thread_time() - began < 1
    assert all(p.line >= 1 and p.column >= 1 and str(p.message) for p in problems)


@pytest.mark.parametrize("kind", ["html", "text", "header", "url"])
def test_template_syntax_in_contact_data_stays_as_it_is(kind):
    hostile = "{{ 7*7 }} {% include 'x' %} {{ contact.city }} {contactfield=email} {{config}}"
    values = {"contact": {"first_name": hostile, "city": hostile}}
    source = "{{ contact.first_name }}/{{ contact.city|upper|default('x') }}"
    text = compile_template(source, kind, TOKENS).render(values)
    assert "49" not in text
    if kind == "url":
        assert "{" not in text
        assert "7*7" in text
    else:
        assert "{{ 7*7 }}" in text
        assert "{{ CONTACT.CITY }}" in text


def test_only_plain_mappings_are_looked_into():
    class Secret:
        city = "secret"

        def get(self, name):
            return "secret"

    values = {"contact": Secret(), "event": {"order": Secret()}}
    source = "{{ contact.city }}{{ event.order.city }}"
    assert compile_template(source, "text", TOKENS).render(values) == ""
