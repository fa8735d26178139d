"""The words of frontend/src/design about images."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _


def words() -> dict[str, Any]:
    """Return the words of choosing an image."""
    megabytes = settings.IMAGE_LARGEST // 1024**2
    return {
        "picture_choose": _("Choose an image"),
        "picture_other": _("Another image"),
        "picture_upload": _("Upload images"),
        "picture_search": _("Search the images"),
        "picture_drop": _("Drop an image here, or choose one."),
        "picture_kinds": _("JPEG, PNG, GIF or WebP, up to %(size)s MB.") % {"size": megabytes},
        "picture_none": _("There is no image yet. Upload the first one."),
        "picture_nothing": _("Nothing matches"),
        "picture_more": _("Show more"),
        "picture_address": _("Or the address of an image elsewhere"),
        "picture_use": _("Use it"),
        "picture_pixels": _("%(width)s \N{MULTIPLICATION SIGN} %(height)s pixels"),
        "picture_failed": _("The library does not answer. Try again."),
        "picture_chosen": _("%(name)s chosen"),
    }
