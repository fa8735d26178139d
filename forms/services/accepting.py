"""Takes in what was sent: the submission, the contact, consents and the event, in one transaction.

A contact who was known before is not changed by whoever types their address: they may be anybody.
Only fields that everybody may write (`public`) are. A consent of theirs waits for their own yes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from contacts.catalogue import Catalogue, whole
from contacts.services import consent
from contacts.services.consent import Proof
from contacts.services.identity import by_email, holders, identity
from contacts.services.plan import Mode, Terms
from contacts.services.upsert import write
from contacts.words import Purpose
from forms.events import SUBMITTED
from forms.kinds import kind_of, label_of, word
from forms.models import FormVersion, Submission
from forms.services.judging import Judged
from kernel import events, origins
from kernel.events import Fact
from kernel.locks import again, lock_contacts
from tracking.services import claims

CHOICES = frozenset({"select", "radio", "multiselect", "checkbox", "country", "topics", "consent"})
UTM = ("utm_source", "utm_medium", "utm_campaign")


@dataclass(frozen=True)
class Sending:
    """How something was sent: the showing it comes from, and what is known of the page."""

    token: str
    language: str = ""
    page: str = ""
    ip: str | None = None
    origin: str = ""
    visitor: UUID | None = None
    utm: Mapping[str, str] = field(default_factory=dict)
    # A program that may write contacts sends it: nobody is a stranger.
    client: bool = False


def accept(
    version: FormVersion, judged: Judged, sending: Sending, now: datetime
) -> tuple[Submission, bool]:
    """Store what was judged to be sound; return it, and whether it is new.

    The same showing again answers what was stored first.
    """
    return again(lambda: _accept(version, judged, sending, now))


@transaction.atomic
def _accept(
    version: FormVersion, judged: Judged, sending: Sending, now: datetime
) -> tuple[Submission, bool]:
    known = {"form_id": version.form_id, "token": sending.token}
    submission = Submission(
        **known,
        version=version,
        sent_at=now,
        answers=judged.answers,
        language=sending.language,
        page=sending.page[:2_000],
        ip=origins.kept(sending.ip),
        origin=sending.origin,
    )
    try:
        # Who sends the same at this moment waits here for the other's end.
        with transaction.atomic():
            submission.save(force_insert=True)
    except IntegrityError:
        return Submission.objects.get(**known), False
    _write_contact(submission, version, judged, sending, now)
    if submission.contact_id is None:
        submission.done_at = now
    else:
        _agree(submission, version, sending, now)
        _tell(submission, version, sending, now)
    submission.save(update_fields=["contact_id", "proof", "problem", "done_at"])
    return submission, True


def _write_contact(
    submission: Submission,
    version: FormVersion,
    judged: Judged,
    sending: Sending,
    now: datetime,
) -> None:
    """Find or make whom it is about; without an identifier it is about nobody in particular."""
    fields = whole(held=True)
    who = identity(fields)
    # An address names somebody even where several may share it.
    match = next((kind for kind in ("email", *who.kinds) if judged.values.get(kind)), "")
    if not match:
        return
    source = f"form:{version.form_id}"
    values = dict(judged.values)
    contact = _known(match, values, fields)
    if contact is None:
        contact, submission.problem = _made(values, match, source, now)
        submission.proof = Submission.Proof.NEW if contact else ""
        # Somebody was quicker: they are known now.
        contact = contact or _known(match, values, fields)
    if contact is None:
        return
    submission.contact_id = contact
    if submission.proof == Submission.Proof.NEW:
        if sending.visitor is not None:
            claims.told(sending.visitor, contact, now)
        return
    submission.problem = ""
    if sending.client:
        submission.proof = Submission.Proof.CLIENT
    elif submission.proof == "":
        values = {alias: value for alias, value in values.items() if fields.fields[alias].public}
    values.pop(match, None)
    update(contact, values, source, now)


def _known(match: str, values: Mapping[str, Any], fields: Catalogue) -> int | None:
    """Return whose the identifier is; of several who share an address, the newest."""
    who = identity(fields)
    key = (match, who.key(match, values[match]))
    if match in who.kinds:
        found = holders({key})
        return found.owners.get(key) or found.former.get(key)
    sharing = by_email([key[1]]).get(key[1], [])
    return max(sharing, default=None)


def _made(values: dict[str, Any], match: str, source: str, now: datetime) -> tuple[int | None, str]:
    """Make a contact; what belongs to somebody else already is left out, and nobody is told."""
    mode: Mode = "create"
    for _attempt in range(len(values)):
        result = write([values], now, Terms(match=match, mode=mode, source=source))
        if result.ids[0] is not None:
            return result.ids[0], ""
        refused = result.rejected[0][0]
        if refused["code"] != "taken" or refused["field"] == match:
            return None, f"{refused['field']}: {refused['code']}"
        values.pop(refused["field"], None)
    return None, ""


def update(contact: int, values: Mapping[str, Any], source: str, now: datetime) -> None:
    """Write values of somebody known; what cannot be written stays with the submission."""
    if values:
        write([{**values, "id": contact}], now, Terms(match="id", mode="update", source=source))


def _agree(submission: Submission, version: FormVersion, sending: Sending, now: datetime) -> None:
    """Keep what was agreed to, with the words that were read.

    Mail waits for a yes by mail, unless the form does without and the contact is new. Of somebody
    known, nothing else is believed: there is no mail that would ask them.
    """
    trusted = submission.proof != ""
    sure = trusted and version.content["guard"].get("unconfirmed", False)
    for one in version.fields:
        answer = submission.answers.get(one["id"])
        if not answer or kind_of(one).group != "agree":
            continue
        purpose = one.get("purpose", Purpose.EMAIL)
        by_mail = purpose == Purpose.EMAIL
        if not by_mail and not trusted:
            continue
        proof = Proof(
            purpose=purpose,
            state="granted" if sure or not by_mail else "pending",
            source=f"form:{version.form_id}",
            at=now,
            text=label_of(one) + (f"\n{help_}" if (help_ := word(one, "help")) else ""),
            ip=sending.ip,
            reference=f"form:{version.form_id}@{version.number}"
            + (f" {sending.page[:500]}" if sending.page else ""),
            language=sending.language,
        )
        topics = [int(each) for each in answer] if one["kind"] == "topics" else [0]
        for topic in sorted(topics):
            _give(submission.contact_id, proof, topic, now)


def _give(contact: int | None, proof: Proof, topic: int, now: datetime) -> None:
    if contact is not None:
        consent.give([contact], replace(proof, topic=topic), now)


def _tell(submission: Submission, version: FormVersion, sending: Sending, now: datetime) -> None:
    contact = submission.contact_id
    if contact is None:
        return
    lock_contacts([contact])
    data: dict[str, Any] = {"submission": str(submission.pk), "name": version.form.name}
    if chosen := answers_told(version, submission.answers):
        data["answers"] = chosen
    if sending.page:
        data["page"] = sending.page[:500]
    data |= {name: sending.utm[name][:200] for name in UTM if sending.utm.get(name)}
    fact = Fact(contact, now, subject=version.form_id, data=data)
    events.record(SUBMITTED, [fact], now=now)


def answers_told(version: FormVersion, answers: Mapping[str, Any]) -> list[str]:
    """Return what was chosen as `FIELD=VALUE`: what conditions may ask for."""
    found = []
    for one in version.fields:
        answer = answers.get(one["id"])
        if one["kind"] in CHOICES and answer is not None:
            values = answer if isinstance(answer, list) else [answer]
            said = ("yes" if value is True else str(value) for value in values)
            found += [f"{one['name']}={value}"[:300] for value in said]
    return found
