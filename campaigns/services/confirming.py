"""Contacts a campaign is to delete, and so many that somebody confirms it first."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Campaign
from contacts.services import braking, departing
from kernel.permissions import Actor, Reach
from kernel.queues import hint_on_commit
from notices.services.telling import News, Words, tell


class NotPossible(Exception):  # noqa: N818 - an answer to a person
    """They cannot be let go; says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def may(user: Actor) -> bool:
    """Say whether a user may have contacts deleted: whoever may delete all of them."""
    return user.reach("contacts", "delete") is Reach.ALL


def confirm(campaign: Campaign, count: int, now: datetime) -> int:
    """Have those deleted who are held, as many as somebody saw; return how many.

    Inside a transaction.
    """
    if campaign.state != Campaign.State.PUBLISHED:
        raise NotPossible("not_published", _("The campaign is not published."))
    gone = braking.confirm(campaign.pk, count, now)
    if gone is None:
        words = _("More people wait to be deleted by now: look at the number again.")
        raise NotPossible("more_wait", words)
    hint_on_commit(departing.QUEUE)
    return gone


def tell_held(now: datetime) -> None:
    """Tell once who can confirm it: the campaign's owner and the administrators."""
    for number in braking.untold():
        with transaction.atomic():
            campaign = Campaign.objects.filter(pk=number).first()
            if campaign is not None and braking.note_told(number, now):
                _tell(campaign, now)


def _tell(campaign: Campaign, now: datetime) -> None:
    administrators = get_user_model()._default_manager.administrators()
    told = set(administrators.values_list("pk", flat=True))
    if campaign.owner_id:
        told.add(campaign.owner_id)
    held = braking.waiting([campaign.pk])[campaign.pk].held
    path = f"{reverse('campaigns-parked')}?campaign={campaign.pk}"
    tell(told, lambda: _words(campaign, held), News("campaigns.deletions", path), now)


def _words(campaign: Campaign, held: int) -> Words:
    title = _("“%(name)s” is about to delete many contacts") % {"name": campaign.name}
    who = ngettext(
        "%(count)s contact waits to be deleted for good.",
        "%(count)s contacts wait to be deleted for good.",
        held,
    )
    how = _(
        "Nobody of them is deleted until somebody confirms it on the page of parked steps."
        " Unpublishing the campaign keeps them."
    )
    return Words(title, f"{who % {'count': held}}\n{how}")
