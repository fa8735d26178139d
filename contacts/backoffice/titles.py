"""What the dialogs of bulk actions say they will do, to how many contacts."""

from collections.abc import Callable, Mapping

from django.utils.translation import ngettext

# By the key of the bulk action; each gets the number that decides between one and many.
TITLES: Mapping[str, Callable[[int], str]] = {
    "tags": lambda count: ngettext(
        "Change the tags of %(count)s contact", "Change the tags of %(count)s contacts", count
    ),
    "segments": lambda count: ngettext(
        "Change the segments of %(count)s contact",
        "Change the segments of %(count)s contacts",
        count,
    ),
    "campaigns": lambda count: ngettext(
        "Change the campaigns of %(count)s contact",
        "Change the campaigns of %(count)s contacts",
        count,
    ),
    "owner": lambda count: ngettext(
        "Change the owner of %(count)s contact", "Change the owner of %(count)s contacts", count
    ),
    "email": lambda count: ngettext(
        "Send an email to %(count)s contact", "Send an email to %(count)s contacts", count
    ),
    "sms": lambda count: ngettext(
        "Send an SMS to %(count)s contact", "Send an SMS to %(count)s contacts", count
    ),
    "stage": lambda count: ngettext(
        "Move %(count)s contact to a stage", "Move %(count)s contacts to a stage", count
    ),
    "points": lambda count: ngettext(
        "Change the points of %(count)s contact", "Change the points of %(count)s contacts", count
    ),
    "task": lambda count: ngettext(
        "Create a task for %(count)s contact", "Create a task for each of %(count)s contacts", count
    ),
    "push": lambda count: ngettext(
        "Push %(count)s contact to a system", "Push %(count)s contacts to a system", count
    ),
    "field": lambda count: ngettext(
        "Change a field of %(count)s contact", "Change a field of %(count)s contacts", count
    ),
    "channel": lambda count: ngettext(
        "Open or close a channel for %(count)s contact",
        "Open or close a channel for %(count)s contacts",
        count,
    ),
    "delete": lambda count: ngettext(
        "Delete %(count)s contact for good", "Delete %(count)s contacts for good", count
    ),
}
