"""Writes what somebody sent to a contact who was known already, because a colleague believes it."""

from datetime import datetime
from typing import Any

from contacts.catalogue import catalogue
from contacts.values import ValueProblem
from forms.models import Submission
from forms.services.accepting import update
from forms.services.judging import of_contact


def values_of(submission: Submission) -> dict[str, Any]:
    """Return what would be written, by alias; what names the contact stays as it is."""
    fields, found = catalogue(), dict[str, Any]()
    for one in submission.version.fields:
        if one.get("map") in {None, "", "email"}:
            continue
        try:
            value = of_contact(one, submission.answers.get(one["id"]), fields)
        except ValueProblem:
            continue
        if value is not None:
            found[one["map"]] = value
    return found


def take_over(submission: Submission, now: datetime) -> None:
    """Write it, once."""
    if submission.contact_id is None or submission.proof:
        return
    source = f"form:{submission.form_id}"
    update(submission.contact_id, values_of(submission), source, now)
    submission.proof = Submission.Proof.COLLEAGUE
    submission.save(update_fields=["proof"])
