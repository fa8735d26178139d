"""The addresses in a recipient's mail, each a signed token good for one purpose."""

from django.conf import settings

from tracking.tokens import make, make_click

# The paths of `emails/public.py`: short, since a mail carries dozens of them.
CLICK, PIXEL, UNSUBSCRIBE, PREFERENCES, WEBVIEW = "/e/c/", "/e/o/", "/e/u/", "/e/p/", "/e/v/"
CONFIRM = "/e/y/"


def click_url(delivery: int, position: int, destination: str) -> str:
    """Return the counted address of one link."""
    return f"{settings.SITE_URL}{CLICK}{make_click(delivery, position, destination)}"


def pixel_url(delivery: int) -> str:
    """Return the address of the picture that tells of an open."""
    return f"{settings.SITE_URL}{PIXEL}{make('open', delivery)}"


def addresses(delivery: int, contact: int, *, confirms: bool = False) -> dict[str, str]:
    """Return the values of the tokens that are addresses.

    The way out names the contact too, should the ledger's row be gone. Only a mail that asks for
    it can confirm anything.
    """
    site = settings.SITE_URL
    found = {
        "unsubscribe_url": f"{site}{UNSUBSCRIBE}{make('unsubscribe', delivery, contact)}",
        "preferences_url": f"{site}{PREFERENCES}{make('preferences', delivery, contact)}",
        "webview_url": f"{site}{WEBVIEW}{make('webview', delivery)}",
    }
    if confirms:
        found["confirm_url"] = f"{site}{CONFIRM}{make('confirm', delivery, contact)}"
    return found
