"""What the library and the editor say while images come in: words of frontend/src/media."""

from django.conf import settings
from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Return what the page says while images are on their way."""
    megabytes = settings.IMAGE_LARGEST // 1024**2
    return {
        "largest": str(settings.IMAGE_LARGEST),
        "waits": _("Waiting"),
        "reads": _("Sent. Reading it…"),
        "done": _("Added"),
        "away": _("The server does not answer. Try again."),
        "signed_out": _("You are signed out. Sign in and try again."),
        "too_large": _("The image is larger than %(size)s MB.") % {"size": megabytes},
        "unknown": _("It could not be taken in. Try again in a moment."),
    }
