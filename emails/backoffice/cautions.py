"""What a broadcast lacks before it goes out, without names of settings, and where to mend it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from emails.models import Email
from emails.services import refusals
from kernel.permissions import Reach

# What is said on screen, the screen where it is mended, and what one does there.
MENDED: dict[str, tuple[Any, str, Any]] = {
    "no_postal_address": (
        _("Its foot lacks your postal address, which the law of many countries asks for."),
        "workspace",
        _("Add the address"),
    ),
    "unsigned": (
        _("It goes out unsigned: no sending domain signs for its sender."),
        "domains",
        _("Sending domains"),
    ),
}


def cautions(email: Email, user: Any) -> list[tuple[Any, str, Any]]:
    """Return words, the address where it is mended for who may, and what the link says."""
    may = user.reach("preferences", "edit") is not Reach.NONE
    found = []
    for code, words in refusals.warnings(email):
        said, screen, act = MENDED.get(code, (words, "", ""))
        found.append((said, reverse(screen) if screen and may else "", act))
    return found
