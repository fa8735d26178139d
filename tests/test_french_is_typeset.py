"""French as a printer would set it, in every sentence of the product."""

# ruff: noqa: RUF001 - French writes such apostrophes.

import pytest

from automation.dev import french
from automation.dev.typography import NARROW, faults, typeset

WRONG = [
    "Arrêter cette importation ?",
    "Étapes retirées : 3",
    "Étapes retirées\N{NO-BREAK SPACE}: 3",
    "Enregistrer?",
    "« Prénom » n’existe pas.",
    "Un email est parti.",
    "Emails envoyés",
    "l'adresse",
]
RIGHT = [
    f"Arrêter cette importation{NARROW}?",
    "Ce n’est pas une heure, comme 09:30.",
    "https://shop.example:8443/email/3",
    "Le réglage est emails.postal_address.",
    f"La clé «{NARROW}email{NARROW}» manque.",
    "%(email)s et {{ contact.email }}",
    '{"email": "ana@example.com"}',
    f"«{NARROW}email:{NARROW}» attend le début d’une adresse e-mail.",
]


@pytest.mark.parametrize("text", WRONG)
def test_a_fault_is_seen(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize("text", RIGHT)
def test_code_in_a_sentence_is_no_fault(text: str) -> None:
    assert faults(text) == []
    assert typeset(text) == text


def test_what_needs_no_reader_is_mended() -> None:
    mended = typeset("L'email « Bonjour » : c'est {{ contact.email }} ?")
    assert mended == (
        f"L’e-mail «{NARROW}Bonjour{NARROW}»{NARROW}: c’est {{{{ contact.email }}}}{NARROW}?"
    )
    assert faults(mended) == []


def test_every_french_sentence_is_typeset() -> None:
    sentences = [
        text
        for message in french._catalogue()
        if message.id
        for text in french._texts(message.string)
    ]
    assert len(sentences) > 2_000
    assert {text: faults(text) for text in sentences if faults(text)} == {}


def test_an_import_is_an_importation() -> None:
    """The verb *importer* stays; the noun is not English."""
    words = ("import ", "imports ", "import.", "imports.", "imports,")
    sentences = [
        text
        for message in french._catalogue()
        if message.id
        for text in french._texts(message.string)
    ]
    assert [text for text in sentences if any(word in f"{text} ".lower() for word in words)] == []
