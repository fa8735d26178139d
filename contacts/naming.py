"""What people are called, wherever they are named."""

import unicodedata


def called(first: str | None, last: str | None, email: str | None, number: int | str) -> str:
    """Name somebody: by name, else by email, else by number."""
    name = " ".join(part for part in (first, last) if part)
    return next((text for text in (name, email or "") if legible(text)), f"#{number}")


def legible(text: object) -> bool:
    """Say whether a text has anything to see, beside marks that only steer others."""
    signs = (unicodedata.category(sign) for sign in str(text))
    return any(kind[0] not in "CZM" for kind in signs)
