"""Saves what people write: checked with its place before anything is stored, then compiled."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from channels.services import storing
from content.problems import TemplateRefused
from emails.models import Email
from emails.services import audiences, footers, senders
from emails.services.versions import CONTENT, check, compile_version
from kernel import usage
from kernel.registry import ConfigProblem
from media.services.showing import files_in, goes_out

# What ends up in a header, or in the one line a mail program shows beside the subject.
LINES = ("subject", "from_name", "from_address", "reply_to", "preheader")


def create(values: Mapping[str, Any], now: datetime) -> Email:
    """Store a new email with its first version."""
    usage.hold()
    plain, chosen = storing.apart(values)
    email = Email(**plain, created_at=now, updated_at=now)
    _check(email)
    with transaction.atomic():
        email.save()
        storing.choose(email, chosen)
        _compile(email)
        _note_images(email)
        _tell_what_goes_out(email, now)
    return email


def change(email: Email, values: Mapping[str, Any], now: datetime) -> Email:
    """Store changes; changed content makes a new version, which is sent from then on."""
    usage.hold()
    before = _content(email)
    plain, chosen = storing.apart(values)
    for name, value in _one_body(plain).items():
        setattr(email, name, value)
    _check(email)
    email.version += 1
    email.updated_at = now
    with transaction.atomic():
        email.save()
        storing.choose(email, chosen)
        if _content(email) != before:
            _compile(email)
            _note_images(email)
        _tell_what_goes_out(email, now)
    return email


def faults(email: Email) -> list[dict[str, Any]]:
    """Tell everything for which an email would not be saved, with its place."""
    found: list[dict[str, Any]] = []
    try:
        _check(email)
    except ConfigProblem as refused:
        found += refused.problems
    try:
        check(email)
    except TemplateRefused as refused:
        found += [storing.told(problem) for problem in refused.problems]
    return found


def line_faults(email: Email) -> list[dict[str, Any]]:
    """Tell what is wrong with the lines around the body: subject, preheader, sender."""
    found: list[dict[str, Any]] = []
    for check_lines in (_check_lines, senders.check_of):
        try:
            check_lines(email)
        except ConfigProblem as refused:
            found += refused.problems
    return found


def _check(email: Email) -> None:
    _check_lines(email)
    audiences.checked(email.audiences, stored=email.audiences)
    senders.check_of(email)
    if email.is_transactional and email.topic_id:
        message = _("Transactional mail has no topic.")
        raise ConfigProblem([{"field": "topic", "code": "not_allowed", "message": message}])
    is_out = email.state == Email.State.PUBLISHED and not email.is_transactional
    if is_out and footers.refuses():
        message = _("Marketing mail needs the sender's postal address: emails.postal_address.")
        raise ConfigProblem([{"field": "state", "code": "no_postal_address", "message": message}])


def _check_lines(email: Email) -> None:
    message = _("One line without control characters is expected.")
    faulty = [name for name in LINES if any(map(_breaks, getattr(email, name)))]
    if faulty:
        raise ConfigProblem(
            [{"field": name, "code": "invalid_text", "message": message} for name in faulty]
        )


def _breaks(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Zl", "Zp"}


def _content(email: Email) -> list[Any]:
    return [getattr(email, name) for name in CONTENT]


def _one_body(values: Mapping[str, Any]) -> dict[str, Any]:
    """Whoever writes MJML no longer wants the HTML that was there, and the other way round."""
    body = dict(values)
    if body.get("mjml") and "html" not in body:
        body["html"] = ""
    if body.get("html") and "mjml" not in body:
        body["mjml"] = ""
    return body


def _compile(email: Email) -> None:
    try:
        compile_version(email)
    except TemplateRefused as problems:
        raise storing.refused(problems) from problems
    email.save(update_fields=["current"])


def _note_images(email: Email) -> None:
    """Note which images of the library its body shows: none of them can be deleted meanwhile."""
    shown = files_in(email.html + email.mjml)
    email.image_files.set(list(shown))
    email.images.set(set(shown.values()))


def _tell_what_goes_out(email: Email, now: datetime) -> None:
    """Note what mails may show from now on, before the first of them is claimed."""
    if email.state == Email.State.PUBLISHED:
        shown = email.images.through.objects.filter(email_id=email.pk)
        goes_out(list(shown.values_list("image_id", flat=True)), now)
