"""Two point rules and a trigger, by which the sample's people score, and what they like."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard.demo.journeys import SAMPLE_ONLY
from dashboard.demo.marking import mark
from emails.models import Email
from kernel import filing
from kernel.models import Folder
from points.models import PointGroup, PointRule, PointTrigger
from points.services import rules, triggers

ONLY = {"all": [SAMPLE_ONLY]}
RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "Clicked in a letter",
        "event": "emails.clicked",
        "delta": 5,
        "repeat": PointRule.Repeat.SUBJECT,
    },
    {
        "name": "Came back to the site",
        "event": "pages.viewed",
        "delta": 1,
        "nth": 3,
        "most_a_day": 5,
        "expire_days": 180,
    },
)
# So much interest in the site: a few visits of five pages a day.
THRESHOLD = 20
CATEGORIES = {"letter": ("Skis and snow", 2), "summer": ("Summer in the mountains", 4)}
TAG = {"key": "tags.change", "config": {"add": ["vip"], "remove": []}}


def keep_score(now: datetime, owner: int | None) -> None:
    """Make a group, the rules (the second gives in the group), and a trigger on it.

    In the group only the sample's rule gives, so that the trigger fires for nobody real.
    """
    group = PointGroup.objects.create(
        name="Website",
        description="Interest shown on the site alone.",
        decay_days=30,
        decay_loss=20,
        decay_unit=PointGroup.Unit.PERCENT,
        owner_id=owner,
    )
    made = []
    for values in RULES:
        rule = PointRule(**values, filter=ONLY, owner_id=owner)
        rule.group = group if rule.event.startswith("pages.") else None
        rules.check(rule, None)
        rule.save()
        made.append(rule.pk)
    trigger = PointTrigger(
        name="Warm enough for a call",
        threshold=THRESHOLD,
        group=group,
        colour=3,
        owner_id=owner,
    )
    triggers.take_actions(trigger, [TAG], None)
    triggers.note_uses(trigger)
    trigger.save()
    mark("point_group", [group.pk], now)
    mark("point_rule", made, now)
    mark("point_trigger", [trigger.pk], now)


def file_letters(emails: Mapping[str, Email], now: datetime) -> None:
    """File what was sent under categories, by which people have interests."""
    for key, (name, colour) in CATEGORIES.items():
        mine = {"sort": Folder.Sort.CATEGORY, "kind": "email"}
        folder = Folder.objects.filter(**mine, name__iexact=name).first()
        if folder is None:
            folder = Folder.objects.create(**mine, name=name, colour=colour)
            mark("folder", [folder.pk], now)
        filing.file("email", [emails[key].pk], filing.Change(category=folder.pk))
