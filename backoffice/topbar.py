"""What apps put into the top bar: drawn with the page, or fetched once it stands."""

from collections.abc import Callable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

_pieces: list[str] = []
Draw = Callable[[HttpRequest], SafeString]
_drawn: list[Draw] = []


def draws(draw: Draw) -> Draw:
    """Register what is drawn with every page, so it must cost next to nothing; as a decorator."""
    _drawn.append(draw)
    return draw


def drawn(request: HttpRequest) -> list[SafeString]:
    """Draw it for whoever is signed in."""
    return [draw(request) for draw in _drawn] if request.user.is_authenticated else []


def register(url_name: str) -> None:
    """Offer a piece by the name of its address; called from an app's `backoffice`."""
    _pieces.append(url_name)


def pieces() -> list[str]:
    """Return the addresses to fetch."""
    return [reverse(name) for name in _pieces]
