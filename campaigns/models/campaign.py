"""A campaign as people edit it, and its published versions, which never change."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel import clock
from kernel.models import Editable, Owned, Stamped


class Reentry(models.TextChoices):
    """Whether a contact that was here before may come again."""

    ONCE = "once", _("once")
    AFTER_LEAVING = "after_leaving", _("after having left")
    # What leads in starts the journey anew, also for whoever is still on it.
    ALWAYS = "always", _("every time")


class OnLeave(models.TextChoices):
    """What happens to a contact that leaves the segment it came from."""

    EXIT = "exit", _("leaves the campaign")
    CONTINUE = "continue", _("goes on")


class OnEnd(models.TextChoices):
    """What happens at the end date to those who are on the way."""

    FINISH = "finish", _("may finish")
    STOP = "stop", _("stops there")


class Rules(models.Model):
    """What a campaign does: edited on the campaign, frozen in each version."""

    sources = models.JSONField(_("sources"), default=list)
    reentry = models.CharField(max_length=13, choices=Reentry.choices, default=Reentry.ONCE)
    # Least time between two entries of the same contact.
    cooldown = models.DurationField(_("cool-down"), null=True)
    on_leave = models.CharField(max_length=8, choices=OnLeave.choices, default=OnLeave.EXIT)
    # Per cent of those who would come in who are held out, to be compared with the others.
    holdout = models.PositiveSmallIntegerField(
        _("hold-out share"), default=0, validators=[MaxValueValidator(50)]
    )
    start_at = models.DateTimeField(_("starts"), null=True)
    end_at = models.DateTimeField(_("ends"), null=True)
    on_end = models.CharField(
        max_length=6, choices=OnEnd.choices, default=OnEnd.FINISH, db_default=OnEnd.FINISH
    )
    graph = models.JSONField(default=dict)

    class Meta:
        abstract = True


class Campaign(Stamped, Owned, Editable, Rules):
    """A journey. What runs is `published`; the columns of `Rules` here are the draft."""

    class State(models.TextChoices):
        """Whether contacts move."""

        DRAFT = "draft", _("draft")
        PUBLISHED = "published", pgettext_lazy("campaign", "published")
        UNPUBLISHED = "unpublished", pgettext_lazy("campaign", "unpublished")

    name = models.CharField(_("name"), max_length=200)
    objective = models.TextField(_("objective"), default="", blank=True)
    state = models.CharField(max_length=11, choices=State.choices, default=State.DRAFT)
    published = models.ForeignKey(
        "CampaignVersion", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    unpublished_at = models.DateTimeField(null=True)
    # Set while a job fits the contacts on their way to a new version: others come in, nothing runs.
    fitting_since = models.DateTimeField(null=True)
    # Older versions in which those who entered them finish, beside the one published last.
    finishing = ArrayField(models.BigIntegerField(), default=list, db_default=[])

    class Meta:
        db_table = "campaign"
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="campaign_newest")
        ]

    def __str__(self) -> str:
        return self.name


class CampaignVersion(Rules):
    """What was published at a moment."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Whose contacts alone come in: those of a publisher who may see no others. No foreign key:
    # when that user goes, nobody's come in, instead of everybody's.
    only_owner = models.BigIntegerField(null=True)
    # What is new in it, for those who read the history.
    note = models.CharField(_("note"), max_length=500, default="", db_default="")
    # Which numbers its nodes have: a version beside which an older one goes on has its own.
    edition = models.SmallIntegerField(default=1, db_default=1)
    # By split the names its branches ever had: the place of each, which is its outcome, stays the
    # same in all versions. None: those of the version itself, in its own order.
    branches = models.JSONField(null=True)

    class Meta:
        db_table = "campaign_version"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["campaign", "number"], name="campaign_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.number}"


class CampaignNode(models.Model):
    """The small number of a node, the same in every version of an edition.

    `start` is the entrance, one for all editions.
    """

    id = models.AutoField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="nodes")
    name = models.CharField(max_length=64)
    edition = models.SmallIntegerField(default=1, db_default=1)

    class Meta:
        db_table = "campaign_node"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["campaign", "name", "edition"], name="campaign_node_of_edition"
            )
        ]

    def __str__(self) -> str:
        return self.name
