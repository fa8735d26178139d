"""Writes forms for people and programs: what changes is checked, and noted who names what."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from forms.models import Form
from forms.services import definition, publishing
from kernel import action_lists, clock
from kernel.registry import ConfigProblem, problem

PLACE = "form"


def create(values: Mapping[str, Any], user: Any) -> Form:
    """Make a form; without content it asks for the address."""
    given = dict(values)
    given.setdefault("content", publishing.beginning(given.get("language", "en")))
    given["alias"] = given.get("alias") or publishing.free_alias(given.get("name", ""))
    return change(Form(), given, user)


def change(form: Form, values: Mapping[str, Any], user: Any) -> Form:
    """Store what was given of a form; `ConfigProblem` says what cannot be taken."""
    given = dict(values)
    if "content" in given:
        form.content = definition.cleaned(given.pop("content"))
    if "actions" in given:
        action_lists.take_actions(form, given.pop("actions"), user, PLACE)
    for name, value in given.items():
        setattr(form, name, value)
    taken = Form.objects.filter(alias=form.alias).exclude(pk=form.pk or 0)
    if taken.exists():
        told = _("Another form has this address.")
        raise ConfigProblem([problem("alias", "taken", told)])
    publishing.check_window(form.opens_at, form.closes_at)
    note_uses(form)
    form.updated_at = clock.now()
    form.save()
    return form


def note_uses(form: Form) -> None:
    """Note what a form points at: its actions do."""
    found = action_lists.pointing_at(form.actions)
    found |= {
        ("topic", int(topic)) for one in form.content["fields"] for topic in one.get("topics", [])
    }
    form.uses = sorted(f"{kind}:{number}" for kind, number in found)


def duplicate(form: Form, user: Any) -> Form:
    """Make a draft like another form."""
    name = _("%(name)s (copy)") % {"name": form.name}
    copy = Form(
        name=name[:200],
        alias=publishing.free_alias(form.name),
        description=form.description,
        language=form.language,
        content=form.content,
        actions=form.actions,
        last_action=form.last_action,
        uses=form.uses,
        owner=user,
    )
    copy.save()
    return copy
