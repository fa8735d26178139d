"""Texts are counted in parts as networks cut them."""

import pytest

from sms.parts import count


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts", "room"),
    [
        ("", "GSM-7", 0, 0, 160),
        ("a" * 160, "GSM-7", 160, 1, 0),
        ("a" * 161, "GSM-7", 161, 2, 145),
        ("a" * 306, "GSM-7", 306, 2, 0),
        ("a" * 307, "GSM-7", 307, 3, 152),
        # The euro sign is one of the extension table: two septets, never cut in two.
        ("€" * 80, "GSM-7", 160, 1, 0),
        ("a" * 152 + "€" + "b" * 10, "GSM-7", 164, 2, 141),
        ("àéèùìòÇØøÅåÄÖÑÜ§¿äöñü", "GSM-7", 21, 1, 139),
        # The French ê and the curly apostrophe are in no table of GSM.
        ("ê" * 70, "UCS-2", 70, 1, 0),
        ("\u2019" + "a" * 70, "UCS-2", 71, 2, 63),
        ("😀" * 35, "UCS-2", 70, 1, 0),
        ("a" * 66 + "😀" + "a" * 4, "UCS-2", 72, 2, 61),
    ],
)
def test_texts_are_counted_as_they_are_cut(text, encoding, units, parts, room):
    found = count(text)
    assert (found.encoding, found.units, found.parts, found.room) == (encoding, units, parts, room)
