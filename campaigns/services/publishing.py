"""Publishing and unpublishing: what runs from now on, and what becomes of those on their way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from campaigns.graph import check, splits
from campaigns.graph.schema import START
from campaigns.models import Campaign, CampaignNode, CampaignVersion
from campaigns.models.campaign import Rules
from campaigns.services import keeping, refitting, timing, unchanging
from campaigns.services.inside import Inside, check_moves, running_versions, still_peopled
from campaigns.services.membership import Entering
from campaigns.services.running import hold
from campaigns.sources import check_sources
from kernel import jobs, usage
from kernel.filters import restoring
from kernel.permissions import Reach
from kernel.registry import ConfigProblem

RULES = (
    "sources",
    "reentry",
    "cooldown",
    "holdout",
    "on_leave",
    "start_at",
    "end_at",
    "on_end",
    "graph",
)


class NotPossible(Exception):  # noqa: N818 - it is an answer to a person, not a fault
    """A transition the campaign's state does not allow; says why, to a person."""

    def __init__(self, code: str, message: Any) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@dataclass(frozen=True)
class How:
    """How a draft is published: who comes in, what becomes of those inside, a note for people."""

    catch_up: bool = False
    inside: Inside = field(default_factory=Inside)
    note: str = ""


def publish(
    campaign_id: int, now: datetime, *, user: Any = None, how: How | None = None
) -> Campaign:
    """Make the draft what runs, from now on and for those on their way.

    Whoever publishes needs the right to use what it names, and to see the contacts it reaches:
    who may see only contacts of their own lets no others in.
    Members of segments that were no source before come in; members of all of them only at the
    first publication; who missed to come in, with `catch_up`. Those on their way finish in the
    version they go through, or are fitted to the new one by a job; their clock stood still while
    nothing ran. Where nothing would change no version is made: `published` is not of `now` then.
    """
    how = how or How()
    campaign = _held(campaign_id)
    _check(campaign, how.inside, user, now)
    before = campaign.published
    reach = only_owner(user)
    if unchanging.changes_nothing(campaign, how.inside, reach, catch_up=how.catch_up, now=now):
        return campaign
    finish = before is not None and how.inside.finish
    if finish and campaign.fitting_since is not None:
        message = _("Contacts were not moved to the last version to the end; publish to move them.")
        raise NotPossible("not_moved", message)
    older = still_peopled(campaign) if finish else [v.pk for v in running_versions(campaign)]
    version = CampaignVersion.objects.create(
        campaign=campaign,
        number=1 + (before.number if before else 0),
        published_at=now,
        published_by_id=user.pk if user else None,
        only_owner=reach,
        note=how.note,
        edition=_edition(campaign, finish=finish),
        branches=splits.places(campaign.graph, _branches(before)),
        **{name: getattr(campaign, name) for name in RULES},
    )
    _number_nodes(version, moving=not finish)
    # While the campaign still says whether anything of it ran.
    timing.begin(campaign, version, now, catch_up=how.catch_up)
    paused = campaign.unpublished_at if campaign.state == Campaign.State.UNPUBLISHED else None
    campaign.state = Campaign.State.PUBLISHED
    campaign.published = version
    campaign.unpublished_at = None
    # Nobody is touched who finishes, and whose clock never stood still.
    campaign.fitting_since = now if older and (paused or not finish) else None
    # Where they are moved, the older versions are needed until all of them are.
    campaign.finishing = older if finish else campaign.finishing
    campaign.save(
        update_fields=["state", "published", "unpublished_at", "fitting_since", "finishing"]
    )
    keeping.keep_held(campaign, now)
    entering = _entering(version, before, paused or now, catch_up=how.catch_up)
    if campaign.fitting_since is None:
        enqueue_admission(campaign, entering, now)
    else:
        args = {
            "campaign": campaign.pk,
            "older": older,
            "finish": finish,
            "moves": how.inside.moves,
            "paused": paused.isoformat() if paused else None,
            "resumed": now.isoformat(),
            **entering._asdict(),
        }
        jobs.enqueue("campaigns.fit", args, now=now)
    return campaign


def _check(campaign: Campaign, inside: Inside, user: Any, now: datetime) -> None:
    _refuse_while_fitting(campaign, unfinished=True)
    # What the draft holds already, others wrote: it does not hinder whoever may publish.
    check(restoring.exempt(campaign.graph), user=user, publishing=True)
    check_sources(restoring.exempt(campaign.sources), user=user)
    _check_beginning(campaign, now)
    check_moves(campaign, inside)


def _held(campaign_id: int) -> Campaign:
    usage.hold()
    return hold(campaign_id)


def _branches(before: CampaignVersion | None) -> dict[str, list[str]]:
    if before is None:
        return {}
    return {**splits.drawn(before.graph), **(before.branches or {})}


def _edition(campaign: Campaign, *, finish: bool) -> int:
    """Return which numbers the nodes of the next version have: new ones beside an older version."""
    last = campaign.versions.aggregate(last=Max("edition"))["last"] or 1
    if finish:
        return int(last) + 1
    return campaign.published.edition if campaign.published else 1


def entering_segments(campaign: Campaign, now: datetime, *, catch_up: bool = False) -> Entering:
    """Return the segments whose members would come in if the draft were published now."""
    paused = campaign.unpublished_at if campaign.state == Campaign.State.UNPUBLISHED else None
    return _entering(campaign, campaign.published, paused or now, catch_up=catch_up)


def _entering(
    rules: Rules, before: CampaignVersion | None, until: datetime, *, catch_up: bool
) -> Entering:
    wanted, known = _segments(rules), _admitted(before, until) if before else set()
    return Entering(sorted(wanted - known), sorted(wanted & known) if catch_up else [])


def unpublish(campaign_id: int, now: datetime) -> Campaign:
    """Stop everything: all stay where they are, and whoever is not erased yet is kept."""
    return stop(campaign_id, now)[0]


def stop(campaign_id: int, now: datetime) -> tuple[Campaign, int]:
    """Unpublish a campaign; return it, and how many who were to be erased are kept."""
    campaign = hold(campaign_id)
    _refuse_while_fitting(campaign)
    if campaign.state != Campaign.State.PUBLISHED:
        raise NotPossible("not_published", _("The campaign is not published."))
    campaign.state = Campaign.State.UNPUBLISHED
    campaign.unpublished_at = now
    campaign.save(update_fields=["state", "unpublished_at"])
    # No step notes more: whoever holds the campaign waited for those under way.
    return campaign, keeping.keep_all(campaign, now)


def _refuse_while_fitting(campaign: Campaign, *, unfinished: bool = False) -> None:
    # A job that failed for good must not lock the campaign for ever.
    if refitting.goes_on(campaign) or (unfinished and refitting.to_resume(campaign)):
        raise NotPossible("busy", str(refitting.BUSY))


def only_owner(user: Any) -> int | None:
    """Return whose contacts alone a publisher may let in; None: everybody's."""
    reach = Reach.ALL if user is None else user.reach("contacts", "view")
    if reach is Reach.NONE:
        message = _("Publishing needs the right to see contacts.")
        raise ConfigProblem([{"field": "", "code": "not_allowed", "message": message}])
    return None if reach is Reach.ALL else int(user.pk)


def _check_beginning(campaign: Campaign, now: datetime) -> None:
    """Refuse a campaign into which nobody could come."""
    if not campaign.sources:
        message = _("Say what leads contacts in; by hand is a source of its own.")
        raise ConfigProblem([{"field": "sources", "code": "required", "message": message}])
    if any(str(source.get("campaign")) == str(campaign.pk) for source in campaign.sources):
        message = _("A campaign cannot be its own source.")
        raise ConfigProblem([{"field": "sources", "code": "cycle", "message": message}])
    if campaign.end_at is not None and campaign.end_at <= now:
        message = _("The end of the campaign is in the past.")
        raise ConfigProblem([{"field": "end_at", "code": "past", "message": message}])


def _number_nodes(version: CampaignVersion, *, moving: bool) -> None:
    """Number the steps of a version in its edition; the entrance is in the first.

    Whoever is moved there has been at steps that are drawn no more, and may be drawn again.
    """
    names = dict.fromkeys(node["id"] for node in version.graph["nodes"])
    if moving:
        known = CampaignNode.objects.filter(campaign=version.campaign_id).exclude(name=START)
        names |= dict.fromkeys(known.order_by("id").values_list("name", flat=True))
    rows = [(START, 1), *((name, version.edition) for name in names)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaign_node (campaign_id, name, edition)"
            " SELECT %s, k.name, k.edition FROM unnest(%s::text[], %s::int[]) k(name, edition)"
            " ON CONFLICT DO NOTHING",
            [version.campaign_id, *(list(column) for column in zip(*rows, strict=True))],
        )


def _admitted(before: CampaignVersion, until: datetime) -> set[int]:
    """Return the segments whose members have come in already: none before the beginning."""
    begun = before.start_at is None or before.start_at <= until
    return _segments(before) if begun else set()


def _segments(rules: Rules) -> set[int]:
    sources: list[Mapping[str, Any]] = rules.sources
    return {int(source["segment"]) for source in sources if "segment" in source}


def enqueue_admission(campaign: Campaign, entering: Entering, now: datetime) -> None:
    """Queue that the members of segments come in, once the campaign has begun."""
    segments, missed = entering
    if segments or missed:
        opening = max(now, campaign.start_at) if campaign.start_at else now
        args = {"campaign": campaign.pk, "segments": [*segments, *missed], "missed": missed}
        jobs.enqueue("campaigns.admit", args, now=opening)
