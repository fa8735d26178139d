"""The gates of `./dev check` refuse what they are there to refuse."""

from pathlib import Path

import pytest

from automation.dev import french, licences, traces

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext

HELLO = _("Hello %(name)s")
def count(n): return ngettext("%(n)d contact", "%(n)d contacts", n)
"""
PAGE = '{% load i18n %}{% translate "Sign in" %}'
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
COMPLETE = """
msgid "Hello %(name)s"
msgstr "Bonjour %(name)s"

msgid "%(n)d contact"
msgid_plural "%(n)d contacts"
msgstr[0] "%(n)d contact"
msgstr[1] "%(n)d contacts"

msgid "Sign in"
msgstr "Se connecter"
"""


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project with two messages in code and one in a template."""
    (tmp_path / "app" / "templates").mkdir(parents=True)
    (tmp_path / "app" / "words.py").write_text(CODE)
    (tmp_path / "app" / "templates" / "page.html").write_text(PAGE)
    file = tmp_path / "django.po"
    monkeypatch.setattr(french, "ROOT", tmp_path)
    monkeypatch.setattr(french, "CATALOGUE", file)
    return file


def test_complete_french_passes(catalogue: Path) -> None:
    catalogue.write_text(HEADER + COMPLETE)
    assert french.complaints() == ""


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('msgid "Sign in"\nmsgstr "Se connecter"', "", "not in the French catalogue: 'Sign in'"),
        ('"Se connecter"', '""', "not translated: 'Sign in'"),
        ('msgid "Sign in"', '#, fuzzy\nmsgid "Sign in"', "fuzzy: 'Sign in'"),
        ("Bonjour %(name)s", "Bonjour", "lacks a placeholder"),
        ("Bonjour %(name)s", "Bonjour %(name)s %(nom)s", "placeholder the original lacks"),
        ('msgstr[1] "%(n)d contacts"', 'msgstr[1] ""', "not translated: '%(n)d contact'"),
    ],
)
def test_incomplete_french_is_named(
    catalogue: Path, before: str, after: str, complaint: str
) -> None:
    catalogue.write_text(HEADER + COMPLETE.replace(before, after))
    assert complaint in french.complaints()


def test_mending_keeps_what_is_used_and_drops_the_rest(catalogue: Path) -> None:
    catalogue.write_text(HEADER + COMPLETE + '\nmsgid "Gone"\nmsgstr "Parti"\n')
    french.mend()
    assert "Parti" not in catalogue.read_text()
    assert french.complaints() == ""


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("GPL-3.0-only OR BSD-3-Clause", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND AGPL-3.0-only", False),
        ("", False),
    ],
)
def test_licences_are_judged_by_their_expression(expression: str, *, allowed: bool) -> None:
    assert licences.allowed(expression) is allowed


def test_only_the_named_exception_is_under_the_lgpl(monkeypatch: pytest.MonkeyPatch) -> None:
    assert licences.complaints() == ""
    monkeypatch.setattr(licences, "EXCEPTIONS", {})
    assert licences.complaints().splitlines() == ["psycopg2-binary: LGPL"]


def test_paths_of_this_machine_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert traces.complaints() == ""
    monkeypatch.setattr(traces, "own_paths", lambda: {"automation/"})
    assert "pyproject.toml: names the folder automation/" in traces.complaints()
