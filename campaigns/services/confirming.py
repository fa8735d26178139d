"""Contacts a campaign is to delete, and so many that somebody confirms it first."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Campaign
from campaigns.services.running import hold
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


def confirm(number: int, seen: braking.Held, now: datetime) -> None:
    """Have those deleted who are held, and whom somebody saw.

    Inside a transaction. Refused where the campaign does not run, or it is another number.
    """
    # Nobody comes to its steps meanwhile, and nobody unpublishes it.
    if hold(number).state != Campaign.State.PUBLISHED:
        raise NotPossible("not_published", _("The campaign is not published."))
    if not braking.confirm(number, seen, now):
        words = _("By now another number of people waits to be deleted: look at it again.")
        raise NotPossible("other_number", words)
    hint_on_commit(departing.QUEUE)


def tell_held(now: datetime) -> None:
    """Tell who can confirm it: the campaign's owner and the administrators.

    Once, and again when they are ten times as many.
    """
    for number, held in braking.untold().items():
        with transaction.atomic():
            campaign = Campaign.objects.filter(pk=number).first()
            if campaign is not None and braking.note_told(number, held):
                _tell(campaign, held, now)


def _tell(campaign: Campaign, held: int, now: datetime) -> None:
    administrators = get_user_model()._default_manager.administrators()
    told = set(administrators.values_list("pk", flat=True))
    if campaign.owner_id:
        told.add(campaign.owner_id)
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
