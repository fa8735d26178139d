"""A simulation as somebody asks for it: of which version, for whom, from when on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from django.utils.translation import gettext as _

from campaigns.graph import check
from campaigns.graph.plan import Plan, plan_from, plan_of
from campaigns.graph.survey import survey
from campaigns.models import Campaign
from campaigns.services import foreseeing, saying, timing
from campaigns.services.behind import names
from campaigns.services.publishing import NotPossible, only_owner
from campaigns.services.simulated import Answer, Way
from campaigns.services.simulating import taken_back, walk
from contacts.models import Contact
from contacts.services.plan import Terms
from contacts.services.tags import change_tags, clean_name
from contacts.services.upsert import write
from contacts.services.writing import cleaned
from contacts.values import ValueProblem
from kernel import clock
from kernel.filters import restoring
from kernel.registry import ConfigProblem, Problem
from kernel.zone import workspace_zone

MOST_TAGS = 100
# The log of events has room so far ahead.
LATEST = timedelta(days=60)


@dataclass(frozen=True)
class Question:
    """What is to be simulated. Without a contact somebody with these values is made up."""

    campaign: Campaign
    start: datetime
    # Whether somebody asked for that start, or whoever enters by time alone may enter then.
    chosen: bool = True
    contact: int | None = None
    person: Mapping[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    published: bool = False
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What would become of somebody, with the words and the time zone to tell it in."""

    name: str
    zone: str
    # Why the rules would not let this contact in then; None: they would.
    kept_out: str | None
    # When time leads them in, by a date of theirs; None: it does not.
    enters_at: datetime | None
    way: Way
    titles: Mapping[str, str]


def simulate(question: Question, user: Any) -> Told:
    """Send somebody through the campaign, as if it never happened."""
    plan = _plan(question, user)
    graph = (question.campaign.published if question.published else question.campaign).graph  # type: ignore[union-attr]
    _kept, problems = survey(graph, user=user)
    with taken_back():
        contact, out = question.contact, None
        if contact is None:
            contact = _made_up(question)
        enters_at = timing.enters_at(plan, contact, question.start)
        start = _start(question, plan, enters_at)
        if question.contact is not None:
            out = foreseeing.kept_out(plan, contact, start)
            if out is None and timing.is_invisible(plan, contact):
                out = "not_measurable"
        way = walk(plan, contact, start, question.answers)
        told = Contact.objects.filter(pk=contact).values_list("timezone", flat=True).first()
        name = names([contact])[contact]
    return Told(
        name=name if question.contact else "",
        zone=told or str(workspace_zone()),
        kept_out=out,
        enters_at=enters_at,
        way=way,
        titles=saying.titles(graph, {problem["step"] for problem in problems}),
    )


def _start(question: Question, plan: Plan, enters_at: datetime | None) -> datetime:
    """Return when they enter: whom time alone leads in does when their moment comes."""
    by_time = len(timing.sources(plan)) == len(plan.sources) > 0
    if question.chosen or not by_time or enters_at is None:
        return question.start
    return enters_at if enters_at - question.start <= LATEST else question.start


def _plan(question: Question, user: Any) -> Plan:
    campaign = question.campaign
    if not question.published:
        check(restoring.exempt(campaign.graph), user=user)
        edition = campaign.published.edition if campaign.published else 1
        return plan_from(campaign, campaign.pk, only_owner(user), edition)
    if campaign.published_id is None:
        raise NotPossible("not_published", _("The campaign is not published."))
    return plan_of(campaign.published_id)


def _made_up(question: Question) -> int:
    """Write somebody who is taken back with all the rest."""
    # No later than now: the log has no room yet for what happens in some years.
    now = min(question.start, clock.now())
    values, problems = cleaned(question.person)
    if problems:
        raise ConfigProblem([_in_person(problem) for problem in problems])
    contact = _write(dict(values), now)
    if question.tags:
        change_tags([contact], _tags(question.tags), [], now)
    return contact


def _write(values: dict[str, Any], now: datetime) -> int:
    """Create a contact; what identifies somebody else already gives way without a word.

    Otherwise whoever may look at a campaign could find out which addresses are known.
    """
    for _attempt in range(len(values) + 1):
        written = write([values], now, Terms(mode="create"))
        problems = written.rejected.get(0, [])
        taken = [problem["field"] for problem in problems if problem["code"] == "taken"]
        if not taken:
            break
        for alias in taken:
            if alias == "email":
                values[alias] = f"{token_hex(12)}@{values[alias].rpartition('@')[2]}"
            else:
                values.pop(alias)
    if problems:
        raise ConfigProblem([_in_person(problem) for problem in problems])
    return written.created[0]


def _tags(given: list[str]) -> list[str]:
    try:
        return sorted({clean_name(name) for name in given[:MOST_TAGS]})
    except ValueProblem as problem:
        told = {"field": "tags", "code": problem.code, "message": problem.message}
        raise ConfigProblem([told]) from problem


def _in_person(problem: Problem) -> Problem:
    return {**problem, "field": f"person.{problem['field']}"}
