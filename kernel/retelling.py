"""Words that were stored when something failed, said in the language of whoever reads them."""

import re
from re import Pattern

from django.utils.translation import gettext

_PLACE = re.compile(r"%\((\w+)\)s")
_sentences: list[tuple[Pattern[str], str]] = []


def declare(sentence: str) -> str:
    """Take a sentence with named places in, so that it is known again, and return it."""
    pieces, last = [], 0
    for place in _PLACE.finditer(sentence):
        pieces += [re.escape(sentence[last : place.start()]), f"(?P<{place[1]}>.*)"]
        last = place.end()
    pattern = re.compile("".join([*pieces, re.escape(sentence[last:])]), re.DOTALL)
    _sentences.append((pattern, sentence))
    return sentence


def retold(words: str) -> str:
    """Return stored English words in the language in force; what is not known stays as it is."""
    for pattern, sentence in _sentences:
        if found := pattern.fullmatch(words):
            return gettext(sentence) % found.groupdict()
    # An empty text stands for the head of the translations.
    return gettext(words) if words else words
