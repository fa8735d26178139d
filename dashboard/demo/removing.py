"""Takes the sample away: people first, as erasing does, then what was made around them."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from campaigns.models import Campaign
from campaigns.services import drafts, publishing
from contacts.models import (
    Company,
    Contact,
    ContactState,
    Field,
    Import,
    ImportContact,
    ImportReject,
    Tag,
)
from contacts.services.erase import hold
from contacts.services.fields import store
from dashboard.demo.marking import OFFERED, guard, marked
from dashboard.demo.staying import staying
from dashboard.demo.unsaying import unsay
from dashboard.models import Sample
from emails.models import Delivery, Email, Send
from filing.services import folders
from kernel import usage
from kernel.contactdata import forget
from kernel.models import Folder
from kernel.registry import ConfigProblem
from kernel.usage import InUse
from points.models import PointGroup, PointRule, PointTrigger, RankRun
from segments.models import Segment
from segments.services import editing as segments_editing
from stages.models import Stage
from stages.services import moving

BATCH = 50
# In this order: what names others goes first.
SCORING = {"point_trigger": PointTrigger, "point_rule": PointRule, "point_group": PointGroup}


def remove(now: datetime) -> bool:
    """Remove everything the sample brought; what somebody uses elsewhere stays and is theirs."""
    if not Sample.objects.exclude(kind=OFFERED).exists():
        return False
    _campaigns(now)
    for kind, scored in SCORING.items():
        for number in marked(kind):
            _unless_used(scored, number, partial(_freed, kind))
    people = marked("contact")
    for start in range(0, len(people), BATCH):
        _people(people[start : start + BATCH], now)
    with transaction.atomic():
        _emails()
        _imports()
    others: dict[str, tuple[type, Any]] = {
        "folder": (Folder, folders.delete),
        "segment": (Segment, lambda row: segments_editing.delete(row, now)),
        "field": (Field, lambda row: store.delete(row, now)),
    }
    for kind, (model, delete) in others.items():
        for number in marked(kind):
            _unless_used(model, number, delete)
    with transaction.atomic():
        Stage.objects.filter(pk__in=marked("stage")).delete()
        Tag.objects.filter(pk__in=marked("tag")).delete()
        Company.objects.filter(pk__in=marked("company"), contact=None).delete()
        Sample.objects.exclude(kind=OFFERED).delete()
        if not Contact.objects.exists():
            # Nobody who was measured is left: the first measuring is still to come.
            RankRun.objects.all().delete()
    guard(now, mails_leave=False)
    return True


def _campaigns(now: datetime) -> None:
    for campaign in Campaign.objects.filter(pk__in=marked("campaign")):
        with transaction.atomic():
            Campaign.objects.filter(pk=campaign.pk).update(fitting_since=None)
            if campaign.state == Campaign.State.PUBLISHED:
                campaign = publishing.unpublish(campaign.pk, now)
            drafts.delete(campaign, now)


@transaction.atomic
def _people(numbers: list[int], now: datetime) -> None:
    """Forget people everywhere; of those who never existed not even a keyed hash stays.

    Whom somebody made theirs stays, out of the sample's stages, and with their own words alone.
    """
    there = hold(numbers)
    # Judged once locked: who is being changed at this moment stays.
    kept = staying(there)
    unsay(kept)
    going = sorted(set(there) - set(kept))
    forget(going, now)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact WHERE id = ANY(%s)", [going])
    in_stages = ContactState.objects.filter(contact__in=kept, stage_id__in=marked("stage"))
    moving.leave(sorted(in_stages.values_list("pk", flat=True)))


def _emails() -> None:
    emails = marked("email")
    Delivery.objects.filter(email_id__in=emails).delete()
    Send.objects.filter(email_id__in=emails).delete()
    rows = Email.objects.filter(pk__in=emails)
    rows.update(current=None)
    rows.filter(translation_of__isnull=False).delete()
    rows.delete()


def _imports() -> None:
    for model in (ImportReject, ImportContact):
        model.objects.filter(import_id__in=marked("import")).delete()
    Import.objects.filter(pk__in=marked("import")).delete()


def _freed(kind: str, row: Model) -> None:
    usage.refuse_if_used(kind, row.pk)
    row.delete()


def _unless_used(model: type, number: int, delete) -> None:  # type: ignore[no-untyped-def]
    row = model.objects.filter(pk=number).first()  # type: ignore[attr-defined]
    if row is None:
        return
    try:
        with transaction.atomic():
            delete(row)
    except (ConfigProblem, InUse):
        return
