"""What apps put into the top bar: addresses of pieces that every page fetches once it stands."""

from django.urls import reverse

_pieces: list[str] = []


def register(url_name: str) -> None:
    """Offer a piece by the name of its address; called from an app's `backoffice`."""
    _pieces.append(url_name)


def pieces() -> list[str]:
    """Return the addresses to fetch."""
    return [reverse(name) for name in _pieces]
