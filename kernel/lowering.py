"""How letters are made small wherever the database compares them: addresses above all."""


def lowered(text: str) -> str:
    """Return a text as PostgreSQL's `lower()` has it: letter by letter, one for one.

    Python looks at places (a sigma that ends a word) and makes two letters of a dotted capital i:
    what was compared with a column would be missed.
    """
    return text.lower() if text.isascii() else "".join(sign.lower()[0] for sign in text)
