"""What people sent: who may read it, how it is told, moved, handed out and forgotten."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from contacts.catalogue import hidden
from contacts.models import Contact, Topic
from forms.kinds import kind_of, label_of, option_word
from forms.models import Form, FormVersion, Submission
from kernel import clock
from kernel.contactdata import PAIRS, Pairs, columns
from kernel.permissions import Actor, Reach, narrow

SLICE = 1_000


def seen(user: Actor, form: int | None = None) -> QuerySet[Submission]:
    """Return what was sent that a user may read: of contacts they see, and of forms they see.

    What is about nobody in particular is seen by whoever sees everybody.
    """
    forms = narrow(Form.objects.all(), user, "forms", "view")
    rows = Submission.objects.filter(form__in=forms)
    if form is not None:
        rows = rows.filter(form_id=form)
    if user.reach("contacts", "view") is Reach.ALL:
        return rows
    mine = narrow(Contact.objects.all(), user, "contacts", "view")
    return rows.filter(contact_id__in=mine.values("pk"))


def found(rows: QuerySet[Submission], text: str) -> QuerySet[Submission]:
    """Keep those an answer of which holds a text."""
    for word in text.split()[:5]:
        rows = rows.filter(Q(answers__icontains=word))
    return rows


def fields_of(versions: Iterable[FormVersion]) -> list[Mapping[str, Any]]:
    """Return every field that was ever asked, the newest version's first, as far as one may read.

    What goes into a field of contacts that is kept from whoever reads now is kept from them here.
    """
    secret = hidden()
    found_: dict[str, Mapping[str, Any]] = {}
    for version in sorted(versions, key=lambda each: -each.number):
        for one in version.fields:
            if kind_of(one).asks and one.get("map") not in secret:
                found_.setdefault(one["id"], one)
    return list(found_.values())


class Telling:
    """Says answers in words: topics, options and countries by what they are called."""

    def __init__(self, fields: Sequence[Mapping[str, Any]]) -> None:
        self.fields = fields
        self._topics = {str(pk): name for pk, name in Topic.objects.values_list("pk", "name")}

    def cells(self, submission: Submission) -> list[str]:
        """Return the answer to each field in words, empty where there is none."""
        return [self.said(one, submission.answers.get(one["id"])) for one in self.fields]

    def pairs(self, submission: Submission) -> list[tuple[str, str]]:
        """Return what was asked and answered, without what was not."""
        told = zip(self.fields, self.cells(submission), strict=True)
        return [(label_of(one), said) for one, said in told if said]

    def said(self, one: Mapping[str, Any], answer: Any) -> str:
        """Say one answer."""
        if answer is None or answer == "":
            return ""
        if answer is True:
            return _("yes")
        if isinstance(answer, list):
            return ", ".join(self._one(one, each) for each in answer)
        if isinstance(answer, float):
            return f"{answer:g}" if abs(answer) < 1e6 else f"{answer:.0f}"
        return self._one(one, answer)

    def _one(self, one: Mapping[str, Any], value: Any) -> str:
        if one["kind"] == "topics":
            return self._topics.get(str(value), f"#{value}")
        for option in one.get("options", []):
            if option["value"] == value:
                return option_word(option)
        return str(value)


def flat(fields: Sequence[Mapping[str, Any]], submission: Submission) -> dict[str, Any]:
    """Return answers by the names of fields, as programs read them."""
    return {
        one["name"]: submission.answers[one["id"]]
        for one in fields
        if one["id"] in submission.answers
    }


MERGE = f"""
UPDATE form_submission s SET contact_id = p.winner FROM {PAIRS} WHERE s.contact_id = p.loser"""  # noqa: S608


def merge(pairs: Pairs) -> None:
    """Let what the losers sent be the winners'."""
    with connection.cursor() as cursor:
        cursor.execute(MERGE, columns(pairs))


def export(contact: int) -> list[dict[str, Any]]:
    """Return all that a person sent."""
    rows = Submission.objects.filter(contact_id=contact).order_by("pk")
    rows = rows.select_related("form", "version")
    return [
        {
            "form": row.form.name,
            "sent_at": clock.iso(row.sent_at),
            "answers": dict(Telling(_asked(row.version)).pairs(row)),
            "page": row.page,
            "ip": row.ip,
            "language": row.language,
        }
        for row in rows
    ]


def _asked(version: FormVersion) -> list[Mapping[str, Any]]:
    return [one for one in version.fields if kind_of(one).asks]


def forget(contacts: Sequence[int]) -> None:
    """Empty what people sent: that somebody sent something stays, for the figures."""
    rows = Submission.objects.filter(contact_id__in=contacts)
    rows.update(contact_id=None, answers={}, ip=None, page="", origin="", problem="", language="")
    # What was still to be done is not done any more.
    Submission.objects.filter(contact_id=None, done_at=None).update(done_at=clock.now())


def count_old(before: datetime) -> int:
    """Count what was sent before an instant."""
    return Submission.objects.filter(sent_at__lt=before).count()


def forget_old(before: datetime, now: datetime) -> int:
    """Delete a slice of what was sent before an instant."""
    old = Submission.objects.filter(sent_at__lt=before).order_by("sent_at")
    ids = list(old.values_list("pk", flat=True)[:SLICE])
    return Submission.objects.filter(pk__in=ids).delete()[0]
