"""Makes forms, and puts them before visitors: what is published is kept as a version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from forms.models import Form, FormVersion
from forms.services import definition
from kernel.registry import ConfigProblem, problem

# What a new form begins with.
FIRST: Mapping[str, Any] = {"kind": "email", "id": "f1", "name": "email", "map": "email"}


def beginning(language: str) -> dict[str, Any]:
    """Return the content of a new form: it asks for the address."""
    with override(language):
        content = {
            **definition.START,
            "fields": [{**FIRST, "label": _("Email"), "required": True}],
            "button": _("Send"),
            "thanks": _("Thank you! We have received your message."),
        }
    return definition.cleaned(content)


def free_alias(name: str) -> str:
    """Return an address for a form of this name that no other has."""
    stem = slugify(name)[:60].strip("-") or "form"
    taken = set(Form.objects.filter(alias__startswith=stem).values_list("alias", flat=True))
    number, alias = 1, stem
    while alias in taken:
        number += 1
        alias = f"{stem}-{number}"
    return alias


@transaction.atomic
def publish(form: Form, user: Any, now: datetime) -> FormVersion:
    """Show the draft to visitors; `ConfigProblem` says what it lacks. Unchanged, it stays."""
    held = Form.objects.select_for_update().get(pk=form.pk)
    if problems := definition.lacking(held.content):
        raise ConfigProblem(problems)
    latest = held.versions.order_by("-number").first()
    if latest is None or latest.content != held.content:
        last = held.versions.aggregate(Max("number"))["number__max"] or 0
        latest = FormVersion.objects.create(
            form=held,
            number=last + 1,
            content=held.content,
            published_at=now,
            user=user if getattr(user, "pk", None) else None,
        )
    form.shown = latest
    Form.objects.filter(pk=form.pk).update(shown=latest)
    return latest


def unpublish(form: Form) -> None:
    """Show it to nobody any more."""
    form.shown = None
    Form.objects.filter(pk=form.pk).update(shown=None)


def is_open(form: Form, now: datetime) -> bool:
    """Say whether visitors may send it now."""
    return (
        form.shown_id is not None
        and (form.opens_at is None or form.opens_at <= now)
        and (form.closes_at is None or now < form.closes_at)
    )


def check_window(opens_at: datetime | None, closes_at: datetime | None) -> None:
    """Refuse a window that ends before it begins."""
    if opens_at and closes_at and closes_at <= opens_at:
        told = _("It closes before it opens.")
        raise ConfigProblem([problem("closes_at", "invalid", told)])
